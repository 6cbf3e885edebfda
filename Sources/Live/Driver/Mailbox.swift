import Foundation

/// What other threads have for one, and the way to wake it: a pipe that it waits on, into which librdkafka writes as well.
final class Mailbox<Mail: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var mail: [Mail] = []
    private var isClosed = false
    private let readEnd: Int32
    /// Whoever writes a byte here wakes the owner.
    let wakeEnd: Int32

    init() {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0, "the process has no file descriptors left: raise its limit (ulimit -n)")
        for end in ends {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readEnd = ends[0]
        wakeEnd = ends[1]
    }

    deinit {
        Foundation.close(readEnd)
        Foundation.close(wakeEnd)
    }

    /// False when nobody is going to read it any more.
    @discardableResult
    func post(_ item: Mail) -> Bool {
        lock.withLock {
            if isClosed { return false }
            mail.append(item)
            wake()
            return true
        }
    }

    /// Everything that has come.
    func take() -> [Mail] {
        lock.withLock {
            defer { mail.removeAll() }
            return mail
        }
    }

    /// Nothing can be posted from here on; what had come and was not taken comes back.
    func seal() -> [Mail] {
        lock.withLock {
            isClosed = true
            defer { mail.removeAll() }
            return mail
        }
    }

    /// Sleeps until somebody has woken the owner, or at most so long.
    func wait(milliseconds: Int32) {
        var descriptor = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(readEnd, &bytes, bytes.count) == bytes.count {}
    }

    /// A full pipe wakes as well as one more byte.
    private func wake() {
        var byte: UInt8 = 1
        _ = write(wakeEnd, &byte, 1)
    }
}

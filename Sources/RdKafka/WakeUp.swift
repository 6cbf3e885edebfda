import Foundation

/// How threads wake one that waits for several things at once: a pipe. librdkafka's queues write to it, and anybody may.
public final class WakeUp: Sendable {
    /// What `Consumer.wake` and `Producer.wake` are to be given. Writing to it never blocks.
    public let fileDescriptor: Int32
    private let readEnd: Int32

    public init() throws(KafkaFailure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw KafkaFailure(code: KafkaFailure.localFailure, reason: "no pipe: \(String(cString: strerror(errno)))")
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        readEnd = ends[0]
        fileDescriptor = ends[1]
    }

    deinit {
        Foundation.close(readEnd)
        Foundation.close(fileDescriptor)
    }

    /// Wakes the thread that waits, or the next one that is going to.
    public func signal() {
        var byte: UInt8 = 1
        // A full pipe wakes as well as one that has room.
        _ = write(fileDescriptor, &byte, 1)
    }

    /// Waits for a signal at most so long, and takes all there are. Returns whether there was one.
    @discardableResult
    public func wait(within timeout: Duration) -> Bool {
        var entry = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, max(0, milliseconds(timeout))) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        while read(readEnd, &bytes, bytes.count) == bytes.count {}
        return true
    }
}

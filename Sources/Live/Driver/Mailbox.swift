import Foundation
import RdKafka

/// What other threads have for one, and the way to wake it, which librdkafka uses as well.
final class Mailbox<Mail: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var mail: [Mail] = []
    private var isClosed = false
    /// Whoever signals it wakes the owner.
    let wakeUp: WakeUp

    init() {
        do { wakeUp = try WakeUp() } catch {
            preconditionFailure("the process has no file descriptors left, raise it (ulimit -n): \(error.reason)")
        }
    }

    /// False when nobody is going to read it any more.
    @discardableResult
    func post(_ item: Mail) -> Bool {
        lock.withLock {
            if isClosed { return false }
            mail.append(item)
            wakeUp.signal()
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
    func wait(milliseconds: Int32) { wakeUp.wait(within: .milliseconds(Int(milliseconds))) }
}

import Foundation

/// A worker's way to its run. Used from several threads.
///
/// Sending waits until the pipe has taken the message: what a worker has said must arrive, even if it is killed the moment
/// after.
final class WorkerLine: @unchecked Sendable {
    private let output: Int32
    private let lock = NSLock()

    init(output: Int32) { self.output = output }

    /// Sends a message.
    func send(_ message: FromWorker) {
        guard let bytes = try? Frame.bytes(of: message) else {
            preconditionFailure("\(message) cannot be encoded: every message to a run has to be")
        }
        lock.withLock {
            var start = 0
            while start < bytes.count {
                let count = bytes[start...].withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
                if count > 0 {
                    start += count
                } else if errno != EINTR {
                    // The run is gone, and with it everybody who could want anything of this process.
                    _exit(0)
                }
            }
        }
    }
}

/// Reads messages from a pipe, waiting for each.
struct WorkerInput {
    private let input: Int32
    private var reader = FrameReader()

    init(_ input: Int32) { self.input = input }

    /// The next message; nil when the run is gone.
    mutating func next() throws -> ToWorker? {
        while true {
            if let message = try reader.next(ToWorker.self) { return message }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = read(input, &bytes, bytes.count)
            if count > 0 {
                reader.append(bytes[..<count])
            } else if count == 0 || errno != EINTR {
                return nil
            }
        }
    }
}

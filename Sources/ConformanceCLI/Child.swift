import Foundation
import Synchronization

/// Another process of this program, with pipes to its standard input and from its standard output.
final class Child: Sendable {
    private let process: Process
    private let input: Pipe
    private let output: Pipe
    private let hasEnded = DispatchSemaphore(value: 0)

    /// One at a time is started: another process must not inherit the pipes of this one, or nobody would ever see them
    /// end.
    private static let starting = Mutex(())

    init(_ arguments: [String]) throws {
        let (process, ended) = (Process(), hasEnded)
        process.executableURL = Bundle.main.executableURL
        process.arguments = arguments
        // librdkafka's assertions end processes; a backtrace of its threads helps nobody here.
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.terminationHandler = { _ in ended.signal() }
        (input, output) = try Self.starting.withLock { _ in
            let (input, output) = (Pipe(), Pipe())
            for handle in [
                input.fileHandleForReading, input.fileHandleForWriting, output.fileHandleForReading,
                output.fileHandleForWriting,
            ] {
                _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
            }
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            return (input, output)
        }
        self.process = process
    }

    func write(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    }

    func readLine() -> String? {
        var bytes: [UInt8] = []
        while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    func readToEnd() -> Data { (try? output.fileHandleForReading.readToEnd()) ?? Data() }

    /// Ends its input, and waits until it has ended; after so long, it is killed.
    @discardableResult
    func finish(within limit: DispatchTimeInterval = .seconds(10)) -> Bool {
        try? input.fileHandleForWriting.close()
        let isInTime = hasEnded.wait(timeout: .now() + limit) == .success
        if !isInTime {
            kill(process.processIdentifier, SIGKILL)
            hasEnded.wait()
        }
        return isInTime
    }

    /// What it left: nil if it was ended by a signal.
    var status: Int32? { process.terminationReason == .exit ? process.terminationStatus : nil }
}

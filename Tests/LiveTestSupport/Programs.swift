import Foundation
import RdKafka

/// The built programs, called as users call them.
public enum Programs {
    /// Beside the test bundle, where the build puts them.
    public static func url(_ name: String) -> URL {
        let bundle = Bundle.allBundles.first { $0.bundleURL.pathExtension == "xctest" } ?? Bundle.main
        let directory =
            bundle.bundleURL.pathExtension == "xctest" ? bundle.bundleURL.deletingLastPathComponent() : bundle.bundleURL
        return directory.appending(component: name)
    }

    /// An environment in which nobody has said where anything is.
    public static var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("ORRERY_") }
    }
}

/// A program that has been called and has ended.
public struct Called {
    public let code: Int32
    public let output: String
    public let error: String

    /// Calls `orrery-live`, or another program, in a directory.
    public init(
        _ arguments: [String], program: URL = Programs.url("orrery-live"), in directory: TemporaryDirectory,
        environment: [String: String] = [:]
    ) throws {
        let running = try Running(arguments, program: program, in: directory, environment: environment)
        code = running.wait()
        output = running.output
        error = running.error
    }
}

/// A program that runs.
public final class Running {
    public let process = Process()
    private let outputFile: URL
    private let errorFile: URL

    public init(
        _ arguments: [String], program: URL = Programs.url("orrery-live"), in directory: TemporaryDirectory,
        environment: [String: String] = [:]
    ) throws {
        // Into files: a pipe that nobody empties would stop the process.
        outputFile = directory.url.appending(component: ".out-\(UUID().uuidString)")
        errorFile = directory.url.appending(component: ".err-\(UUID().uuidString)")
        for file in [outputFile, errorFile] { try Data().write(to: file) }
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = directory.url
        process.environment = Programs.environment.merging(environment) { $1 }
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try SpawnGate.holding { try process.run() }
    }

    public var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
    public var error: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

    /// Asks it to end.
    public func terminate() { process.terminate() }

    /// Waits for its end; gives back its exit code.
    public func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
}

/// A directory that is there as long as this is.
public final class TemporaryDirectory {
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(component: "orrery-live-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

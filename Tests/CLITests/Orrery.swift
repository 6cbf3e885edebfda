import Foundation
import Testing

/// The package as it lies on the disk.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The text of a file of the package.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
}

/// The built command, called as users call it.
struct Called {
    let code: Int32
    let output: String
    let error: String

    /// Beside the test bundle, where the build puts it.
    static var program: URL {
        let bundle = Bundle.allBundles.first { $0.bundleURL.pathExtension == "xctest" } ?? Bundle.main
        let directory =
            bundle.bundleURL.pathExtension == "xctest" ? bundle.bundleURL.deletingLastPathComponent() : bundle.bundleURL
        return directory.appending(component: "orrery")
    }

    /// Calls `orrery` in a directory of its own that holds some files.
    init(_ arguments: String..., files: [String: String] = [:]) throws {
        try self.init(arguments, files: files)
    }

    /// The same.
    init(_ arguments: [String], files: [String: String] = [:]) throws {
        let directory = FileManager.default.temporaryDirectory.appending(component: "orrery-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for (path, text) in files {
            let file = directory.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.currentDirectoryURL = directory
        // Into files: a pipe that nobody empties would stop the process.
        let (output, error) = (directory.appending(component: ".out"), directory.appending(component: ".err"))
        for file in [output, error] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        code = process.terminationStatus
        self.output = try String(contentsOf: output, encoding: .utf8)
        self.error = try String(contentsOf: error, encoding: .utf8)
    }
}

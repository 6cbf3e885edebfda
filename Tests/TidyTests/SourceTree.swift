import Foundation

/// One file of `Sources`, as the rules read it.
struct SourceFile {
    /// From the root of the package: `Sources/Kafka/Record.swift`.
    let path: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
    }

    /// The folder under `Sources`.
    var target: String { String(path.split(separator: "/")[1]) }
    /// Whether the file reads scenario files.
    var readsScenarioFiles: Bool { path.hasPrefix("Sources/Harness/ScenarioFile") }

    /// The lines with their numbers, without what stands behind `//`.
    var code: [(number: Int, text: Substring)] {
        lines.enumerated().map { index, line in
            // The slashes of an address are none of a comment.
            let comment = line.ranges(of: "//").first { !line[..<$0.lowerBound].hasSuffix(":") }
            return (index + 1, comment.map { line[..<$0.lowerBound] } ?? line)
        }
    }
}

/// What a rule has to say about a line.
struct Finding: CustomStringConvertible {
    let path: String
    let line: Int
    let advice: String

    var description: String { "\(path):\(line): \(advice)" }
}

/// The package as it lies on the disk.
enum SourceTree {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every Swift file under `Sources`.
    static func files() throws -> [SourceFile] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: "Sources").path)
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            let path = "Sources/" + name
            return SourceFile(path: path, text: try String(contentsOf: root.appending(path: path), encoding: .utf8))
        }
    }

    /// The text of `Package.swift`.
    static func manifest() throws -> String {
        try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    }
}

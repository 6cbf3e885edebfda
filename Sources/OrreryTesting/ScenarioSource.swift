import Foundation
import Harness

/// Where a test's scenario comes from.
enum ScenarioSource: Sendable {
    case file(String, (any SystemUnderTest.Type)?)
    case value(Scenario)
}

/// Why a test could not run its scenario.
struct UnusableScenario: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The package that a test belongs to.
struct PackageRoot {
    let path: String

    /// The nearest directory above a source file that holds a manifest. Where the sources are not, as in a container that
    /// only runs what was built, the current directory.
    init(of sourceFile: String) {
        var directory = URL(filePath: sourceFile).deletingLastPathComponent()
        while directory.path != "/", directory.path != "." {
            if FileManager.default.fileExists(atPath: directory.appending(path: "Package.swift").path) {
                path = directory.path
                return
            }
            directory.deleteLastPathComponent()
        }
        path = FileManager.default.currentDirectoryPath
    }

    /// A path from the root; absolute ones stay as they are.
    func resolve(_ path: String) -> String { path.hasPrefix("/") ? path : "\(self.path)/\(path)" }

    /// A path as it is written from the root, if it lies beneath it.
    func shortened(_ path: String) -> String {
        path.hasPrefix(self.path + "/") ? String(path.dropFirst(self.path.count + 1)) : path
    }
}

/// Finds the files of a directory of scenarios by name.
struct ScenarioDirectory {
    let root: PackageRoot
    let directory: String

    /// The names of all scenarios, sorted: `broker-loss` for `broker-loss.yaml`.
    func names() throws(UnusableScenario) -> [String] {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: root.resolve(directory)) else {
            throw UnusableScenario("there is no directory \(root.resolve(directory)): name yours with .scenarios(in:)")
        }
        return files.filter { Self.isScenario($0) && !$0.hasPrefix(".") }
            .map { String($0[..<($0.lastIndex(of: ".") ?? $0.endIndex)]) }.sorted()
    }

    /// The file of a name, or of a path that ends like a file.
    func path(of name: String) throws(UnusableScenario) -> String {
        if Self.isScenario(name) { return root.resolve(name) }
        for ending in Self.endings {
            let path = root.resolve("\(directory)/\(name)\(ending)")
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        let known = try names()
        let suggestion = Suggestion.forName(name, among: known).map { " – \($0)" } ?? ""
        throw UnusableScenario("there is no scenario '\(name)' in \(root.resolve(directory))\(suggestion)")
    }

    private static let endings = [".yaml", ".yml"]

    private static func isScenario(_ file: String) -> Bool { endings.contains { file.hasSuffix($0) } }
}

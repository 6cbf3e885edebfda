import Foundation
import Harness

/// The scenario files that arguments stand for: a directory stands for every `.yaml` file in it, however deep.
enum ScenarioPaths {
    /// Directories that hold YAML which is not a scenario.
    private static let otherDirectories: Set<String> = ["blueprints"]

    /// The files in the order of the arguments, those of a directory sorted. A directory without scenarios is an error.
    static func expand(_ arguments: [String]) throws(InvalidScenario) -> [String] {
        var paths: [String] = []
        for argument in arguments {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: argument, isDirectory: &isDirectory), isDirectory.boolValue
            else {
                paths.append(argument)
                continue
            }
            let found = files(in: argument)
            guard !found.isEmpty else {
                throw InvalidScenario([ScenarioError(file: argument, message: "there is no scenario in this directory")]
                )
            }
            paths += found
        }
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }

    private static func files(in directory: String) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return [] }
        // Sorted by bytes, not by the language of whoever runs it.
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }.flatMap { name -> [String] in
            guard !name.hasPrefix(".") else { return [] }
            let path = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return [] }
            if isDirectory.boolValue { return otherDirectories.contains(name) ? [] : files(in: path) }
            return name.hasSuffix(".yaml") || name.hasSuffix(".yml") ? [path] : []
        }
    }
}

/// A scenario and the file it was read from.
struct LoadedScenario: Sendable {
    let file: String
    let scenario: Scenario

    /// Reads every file. Throws the errors of all of them, not only of the first that is wrong.
    static func load(
        _ arguments: [String], system: any SystemUnderTest.Type, overrides: [Override] = []
    ) throws(InvalidScenario) -> [LoadedScenario] {
        var loaded: [LoadedScenario] = []
        var errors: [ScenarioError] = []
        for file in try ScenarioPaths.expand(arguments) {
            do throws(InvalidScenario) {
                let scenario = try ScenarioFile.load(
                    path: file, system: system, overrides: overrides.map { ($0.key, $0.value) })
                loaded.append(LoadedScenario(file: file, scenario: scenario))
            } catch {
                errors += error.errors.filter { !errors.contains($0) }
            }
        }
        guard errors.isEmpty else { throw InvalidScenario(errors) }
        return loaded
    }
}

import Foundation
import Harness
import OrderTestbed

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
        // What was found before comes first. Sorted by bytes, not by the language of whoever runs it.
        let sorted = names.sorted { left, right in
            let (a, b) = (left == LoadedScenario.regressions, right == LoadedScenario.regressions)
            return a != b ? a : Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8))
        }
        return sorted.flatMap { name -> [String] in
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

    /// The directory of what was found before and is repaired.
    static let regressions = "regressions"

    /// Whether the file is kept so that a failure does not come back.
    var isRegression: Bool { file.split(separator: "/").dropLast().last.map(String.init) == Self.regressions }

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
                errors += error.told(of: file).errors.filter { !errors.contains($0) }
            }
        }
        guard errors.isEmpty else { throw InvalidScenario(errors) }
        return loaded
    }
}

extension InvalidScenario {
    /// What people are told who have given a file for a scenario. A blueprint has other keys; one sentence says so instead
    /// of one for each of them.
    func told(of file: String) -> InvalidScenario {
        guard errors.contains(where: { $0.file == file }), (try? BlueprintFile.load(path: file)) != nil else {
            return self
        }
        return InvalidScenario([
            ScenarioError(
                file: file, message: "this is a blueprint, not a scenario",
                suggestion: "run a scenario with '--blueprint \(file)', or draw it with 'orrery blueprint \(file)'")
        ])
    }
}

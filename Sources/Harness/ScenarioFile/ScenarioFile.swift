/// Reads and writes scenario files.
public enum ScenarioFile {
    /// Reads a file, with overrides on top: `(key: "policies.deduplication", value: "none")`.
    public static func load(
        path: String, system: any SystemUnderTest.Type, overrides: [(key: String, value: String)] = []
    ) throws(InvalidScenario) -> Scenario {
        let bytes: [UInt8]
        do throws(ScenarioError) {
            bytes = try FileContents.read(path)
        } catch {
            throw InvalidScenario([error])
        }
        return try parse(bytes, file: path, system: system, overrides: overrides)
    }

    /// Reads a scenario from text; `file` is what errors call it, and where the scenario gets its name from.
    public static func parse(
        text: String, file: String, system: any SystemUnderTest.Type, overrides: [(key: String, value: String)] = []
    ) throws(InvalidScenario) -> Scenario {
        try parse(Array(text.utf8), file: file, system: system, overrides: overrides)
    }

    /// Reads a scenario from the bytes of a file.
    public static func parse(
        _ bytes: [UInt8], file: String, system: any SystemUnderTest.Type,
        overrides: [(key: String, value: String)] = []
    ) throws(InvalidScenario) -> Scenario {
        var reading = Reading(file: file)
        let fields = ScenarioFields.all(for: system)
        var scenario = Scenario(system: system.init())
        scenario.name = name(of: file)
        do throws(ScenarioError) {
            guard var root = try YAMLReader(file: file).read(bytes), !root.isNull else {
                throw ScenarioError(
                    file: file, message: "the file is empty",
                    suggestion: "begin with 'purpose: what the scenario is for'")
            }
            for (key, value) in overrides {
                root = Overrides(fields: fields).apply(key: key, value: value, to: root, &reading)
            }
            KeyTree(fields).read(root, into: &scenario, &reading)
            let presets = scenario.system.presets
            if !presets.isEmpty {
                // What is preset is known only now, and holds beneath all that the file says.
                reading = Reading(file: file)
                scenario = Scenario(system: system.init())
                scenario.name = name(of: file)
                for (key, value) in overrides {
                    // Reports once more what was wrong with an override.
                    _ = Overrides(fields: fields).apply(key: key, value: value, to: root, &reading)
                }
                root = Presets(fields: fields).apply(presets, beneath: root, &reading)
                KeyTree(fields).read(root, into: &scenario, &reading)
            }
        } catch {
            throw InvalidScenario([error])
        }
        // Rules between values say nothing sensible of values that are wrong themselves.
        if reading.errors.isEmpty { ScenarioRules(scenario).check(&reading) }
        guard reading.errors.isEmpty else { throw InvalidScenario(reading.sortedErrors) }
        return scenario
    }

    /// The scenario as a file that is read back as the same scenario. Defaults are left out.
    public static func write(_ scenario: Scenario, seed: UInt64? = nil) -> String {
        var scenario = scenario
        if let seed { scenario.seed = seed }
        let system: any SystemUnderTest.Type = type(of: scenario.system)
        return write(scenario, system: system)
    }

    private static func write<System: SystemUnderTest>(_ scenario: Scenario, system: System.Type) -> String {
        let fields = ScenarioFields.all(for: system)
        let tree = KeyTree(fields)
        var defaults = Scenario(system: System())
        // The name of a file that is not yet written is unknown: what is in the file holds.
        defaults.name = ""
        let presets = scenario.system.presets
        if !presets.isEmpty {
            var reading = Reading(file: "")
            let root = Presets(fields: fields).apply(presets, beneath: YAMLValue(.mapping([])), &reading)
            tree.read(root, into: &defaults, &reading)
        }
        var writer = YAMLWriter()
        writer.write(tree.write(scenario, omitting: defaults))
        return writer.text.isEmpty ? "{}\n" : writer.text
    }

    /// `calm` for `scenarios/calm.yaml`.
    static func name(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
        return String(last[..<dot])
    }
}

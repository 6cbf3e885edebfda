/// A key of a scenario and a value that holds unless the scenario gives it another.
public struct Preset: Hashable, Sendable {
    /// The path of keys, with dots: `policies.deduplication`.
    public var key: String
    /// As it would be written after `--set`.
    public var value: String
    /// Where it was read: what errors call the file.
    public var file: String

    /// A preset, by its parts.
    public init(_ key: String, _ value: String, file: String = "preset") {
        self.key = key
        self.value = value
        self.file = file
    }
}

extension SystemUnderTest {
    /// Nothing is preset unless a system says so.
    public var presets: [Preset] { [] }

    /// Nothing is wrong unless a system says so.
    public var findings: [Objection] { [] }
}

/// Puts presets beneath what a file says.
struct Presets {
    let fields: [Field<Scenario>]

    /// The values of the file, and those of the presets whose keys it does not have.
    func apply(_ presets: [Preset], beneath root: YAMLValue, _ reading: inout Reading) -> YAMLValue {
        var result = root
        for preset in presets {
            let place = YAMLValue.Place(file: "\(preset.file) (\(YAMLValue.shortened(preset.key)))")
            guard let field = fields.first(where: { $0.path == preset.key || preset.key.hasPrefix($0.path + ".") })
            else {
                reading.report(
                    "there is no key '\(YAMLValue.shortened(preset.key))' in scenarios", at: place,
                    suggestion: Suggestion.nearest(to: preset.key, among: fields.map(\.path)).map {
                        "did you mean '\($0)'?"
                    })
                continue
            }
            var keys = field.path.split(separator: ".").map(String.init)
            if field.path != preset.key { keys.append(String(preset.key.dropFirst(field.path.utf8.count + 1))) }
            guard field.isScalar || keys.joined(separator: ".") != field.path else {
                reading.report("'\(field.path)' is no single value", at: place)
                continue
            }
            if !root.has(keys[...]) {
                result = result.setting(keys[...], to: YAMLValue(.plain(preset.value), at: place))
            }
        }
        return result
    }
}

extension ScenarioFile {
    /// What is wrong with presets: keys that scenarios do not have, values that do not fit.
    public static func errors(in presets: [Preset], system: any SystemUnderTest.Type) -> [ScenarioError] {
        let fields = ScenarioFields.all(for: system)
        var reading = Reading(file: "")
        var scenario = Scenario(system: system.init())
        let root = Presets(fields: fields).apply(presets, beneath: YAMLValue(.mapping([])), &reading)
        KeyTree(fields).read(root, into: &scenario, &reading)
        return reading.errors
    }
}

extension YAMLValue {
    /// Whether there is a value at a path of keys; what is no mapping is in the way, and counts.
    fileprivate func has(_ keys: ArraySlice<String>) -> Bool {
        guard let key = keys.first else { return true }
        if isNull { return false }
        guard case .mapping(let entries) = content else { return true }
        return entries.first { $0.key.scalar == key }?.value.has(keys.dropFirst()) ?? false
    }
}

/// Puts `--set KEY=VALUE` into a file's values, before they are read: an override is held to the same rules.
struct Overrides {
    let fields: [Field<Scenario>]

    /// The values with an override in its place; what is wrong with the override itself is reported.
    func apply(key: String, value: String, to root: YAMLValue, _ reading: inout Reading) -> YAMLValue {
        let place = YAMLValue.Place(file: "--set \(YAMLValue.shortened("\(key)=\(value)"))")
        // `clients.linger.ms` goes into the map `clients`, whose keys are the file's own.
        guard let field = fields.first(where: { $0.path == key || key.hasPrefix($0.path + ".") }) else {
            reading.report(
                "unknown key '\(YAMLValue.shortened(key))'", at: place,
                suggestion: suggestion(for: key))
            return root
        }
        let isEntry = field.path != key
        guard !isEntry || !field.isScalar else {
            reading.report("'\(field.path)' has no keys below it", at: place)
            return root
        }
        do throws(ScenarioError) {
            let parsed: YAMLValue
            if field.isScalar || isEntry {
                parsed = YAMLValue(.plain(value), at: place)
            } else {
                parsed =
                    try YAMLReader(file: place.file).read(value)?.moved(to: place) ?? YAMLValue(.plain(""), at: place)
            }
            var keys = field.path.split(separator: ".").map(String.init)
            if isEntry { keys.append(String(key.dropFirst(field.path.utf8.count + 1))) }
            return root.setting(keys[...], to: parsed)
        } catch {
            reading.report(error.message, at: place, suggestion: error.suggestion)
            return root
        }
    }

    private func suggestion(for key: String) -> String? {
        let paths = fields.map(\.path)
        if let path = paths.first(where: { $0.hasSuffix(".\(key)") }) { return "did you mean '\(path)'?" }
        if let path = Suggestion.nearest(to: key, among: paths) { return "did you mean '\(path)'?" }
        let sections = paths.compactMap { path in path.firstIndex(of: ".").map { String(path[..<$0]) } }
        guard let dot = key.firstIndex(of: "."),
            let section = Suggestion.nearest(to: String(key[..<dot]), among: sections)
        else { return nil }
        let keys = paths.filter { $0.hasPrefix(section + ".") }.map { $0.dropFirst(section.utf8.count + 1) }
        return "'\(section)' has \(keys.joined(separator: ", "))"
    }
}

extension YAMLValue {
    /// Everything at one place: an override has no lines.
    fileprivate func moved(to place: Place) -> YAMLValue {
        switch content {
        case .plain, .text: YAMLValue(content, at: place)
        case .sequence(let elements): YAMLValue(.sequence(elements.map { $0.moved(to: place) }), at: place)
        case .mapping(let entries):
            YAMLValue(.mapping(entries.map { ($0.key.moved(to: place), $0.value.moved(to: place)) }), at: place)
        }
    }

    /// This mapping with a value at a path of keys; what is no mapping gives way.
    func setting(_ keys: ArraySlice<String>, to value: YAMLValue) -> YAMLValue {
        guard let key = keys.first else { return value }
        var entries: [(key: YAMLValue, value: YAMLValue)] = []
        if case .mapping(let own) = content { entries = own }
        let index = entries.firstIndex { $0.key.scalar == key }
        let old = index.map { entries[$0].value } ?? YAMLValue(.mapping([]), at: value.place)
        let entry = (key: YAMLValue(.text(key), at: value.place), value: old.setting(keys.dropFirst(), to: value))
        if let index { entries[index] = entry } else { entries.append(entry) }
        return YAMLValue(.mapping(entries), at: place)
    }
}

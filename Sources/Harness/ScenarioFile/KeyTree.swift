/// The keys of a table of fields as they nest in a file: `cluster.brokers` is `brokers` in the section `cluster`.
struct KeyTree<Root>: Sendable {
    enum Branch: Sendable {
        case field(Field<Root>)
        case section(KeyTree)
    }

    private(set) var branches: [(key: String, branch: Branch)] = []
    /// The path of the section, empty for the file as a whole.
    let path: String

    init(_ fields: [Field<Root>]) {
        self.init(path: "")
        for field in fields {
            var keys = field.path.split(separator: ".").map(String.init)
            insert(field, at: &keys)
        }
    }

    private init(path: String) { self.path = path }

    private mutating func insert(_ field: Field<Root>, at keys: inout [String]) {
        let key = keys.removeFirst()
        let index = branches.firstIndex { $0.key == key }
        if keys.isEmpty {
            precondition(index == nil, "two fields are called \(field.path)")
            branches.append((key, .field(field)))
            return
        }
        var section = KeyTree(path: path.isEmpty ? key : "\(path).\(key)")
        if let index, case .section(let known) = branches[index].branch { section = known }
        section.insert(field, at: &keys)
        if let index { branches[index].branch = .section(section) } else { branches.append((key, .section(section))) }
    }

    /// The fields in order, those of sections included.
    var fields: [Field<Root>] {
        branches.flatMap { branch in
            switch branch.branch {
            case .field(let field): [field]
            case .section(let section): section.fields
            }
        }
    }
}

extension KeyTree {
    /// Reads every key of a mapping into the root. What is wrong is reported, and the rest is read all the same.
    func read(_ value: YAMLValue, into root: inout Root, _ reading: inout Reading, whole: KeyTree? = nil) {
        if value.isNull { return }
        guard case .mapping(let entries) = value.content else {
            let place = path.isEmpty ? "keys with values" : "a section with keys such as '\(branches[0].key)'"
            return reading.report("expected \(place), found \(value.summary)", at: value.place)
        }
        var seen: Set<String> = []
        for (key, value) in entries {
            guard let name = key.scalar else {
                reading.report("expected a key, found \(key.summary)", at: key.place)
                continue
            }
            // The parser has refused equal keys already, but for those that a tag keeps apart: `!x brokers`.
            guard seen.insert(name).inserted else {
                reading.report("given twice: '\(name)'", at: key.place, suggestion: "keep one of them")
                continue
            }
            guard let branch = branches.first(where: { $0.key == name })?.branch else {
                reading.report(
                    "unknown key '\(YAMLValue.shortened(name))'", at: key.place,
                    suggestion: suggestion(for: name, whole: whole ?? self))
                continue
            }
            reading.descend(to: name, at: value.isEmpty ? key.place : value.place) { reading in
                switch branch {
                case .field(let field): field.read(value, &root, &reading)
                case .section(let section): section.read(value, into: &root, &reading, whole: whole ?? self)
                }
            }
        }
    }

    /// The same key in another section, or the nearest here, or the nearest anywhere.
    private func suggestion(for key: String, whole: KeyTree) -> String? {
        let elsewhere = whole.fields.first { field in
            field.path == key || field.path.hasSuffix(".\(key)")
        }
        if let elsewhere, let dot = elsewhere.path.lastIndex(of: ".") {
            let section = elsewhere.path[..<dot]
            if section != path {
                return "'\(elsewhere.path[dot...].dropFirst())' belongs into the section '\(section)'"
            }
        }
        let here = branches.map(\.key)
        if let nearest = Suggestion.nearest(to: key, among: here) { return "did you mean '\(nearest)'?" }
        let names = whole.fields.compactMap { $0.path.split(separator: ".").last.map(String.init) }
        if let nearest = Suggestion.nearest(to: key, among: names),
            let field = whole.fields.first(where: { $0.path == nearest || $0.path.hasSuffix(".\(nearest)") })
        {
            return "did you mean '\(field.path)'?"
        }
        return Suggestion.forName(key, among: here)
    }
}

extension KeyTree {
    /// The root as YAML, in the table's order. Values that equal those of `defaults` are left out.
    func write(_ root: Root, omitting defaults: Root?) -> [(key: YAMLValue, value: YAMLValue)] {
        branches.compactMap { key, branch in
            let value: YAMLValue
            switch branch {
            case .field(let field):
                value = field.write(root)
                if let defaults, field.write(defaults) == value { return nil }
            case .section(let section):
                value = YAMLValue(.mapping(section.write(root, omitting: defaults)))
                if value.isEmpty { return nil }
            }
            return (.text(key), value)
        }
    }

    /// The JSON Schema of a mapping with these keys; `defaults` are shown, `required` keys must be there.
    func schema(defaults: Root, required: [String] = []) -> JSONValue {
        let properties: [(key: String, value: JSONValue)] = branches.map { key, branch in
            switch branch {
            case .field(let field):
                let fallback = field.write(defaults)
                return (
                    key,
                    JSONValue.object([("description", .text(field.documentation))]).adding(field.schema.members).adding(
                        [
                            ("default", required.contains(key) || fallback.isEmpty ? nil : fallback.json)
                        ])
                )
            case .section(let section): return (key, section.schema(defaults: defaults))
            }
        }
        return .object([("type", .text("object")), ("properties", .object(properties))]).adding([
            ("required", required.isEmpty ? nil : .array(required.map(JSONValue.text))),
            ("additionalProperties", .flag(false)),
        ])
    }
}

extension JSONValue {
    fileprivate var members: [(key: String, value: JSONValue?)] {
        guard case .object(let members) = self else { return [] }
        return members.map { ($0.key, $0.value) }
    }
}

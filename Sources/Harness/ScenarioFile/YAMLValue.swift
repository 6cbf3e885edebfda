/// A YAML value and the place where it stands.
package struct YAMLValue: Sendable {
    /// What stands there.
    package indirect enum Content: Sendable {
        /// A plain scalar: a number, `true`, a word.
        case plain(String)
        /// A scalar that is text whatever it looks like: in quotes or a block.
        case text(String)
        case sequence([YAMLValue])
        case mapping([(key: YAMLValue, value: YAMLValue)])
    }

    /// Where a value stands: in a line and column of a file, or in an override.
    package struct Place: Hashable, Sendable {
        package var file: String
        package var line: Int?
        package var column: Int?
    }

    package var content: Content
    package var place: Place

    /// A value that is written, not read, stands nowhere yet.
    package init(_ content: Content, at place: Place = Place(file: "")) {
        self.content = content
        self.place = place
    }

    package static func plain(_ spelling: some CustomStringConvertible) -> YAMLValue {
        YAMLValue(.plain("\(spelling)"))
    }
    package static func text(_ text: String) -> YAMLValue { YAMLValue(.text(text)) }
    package static func sequence(_ elements: [YAMLValue]) -> YAMLValue { YAMLValue(.sequence(elements)) }
    package static func mapping(_ entries: [(key: String, value: YAMLValue)]) -> YAMLValue {
        YAMLValue(.mapping(entries.map { (.text($0.key), $0.value) }))
    }

    /// The scalar's characters.
    package var scalar: String? {
        switch content {
        case .plain(let spelling): spelling
        case .text(let text): text
        case .sequence, .mapping: nil
        }
    }

    /// Whether nothing was written, or `null`.
    package var isNull: Bool {
        guard case .plain(let spelling) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(spelling)
    }

    /// Whether nothing is said: no value, no entries, no elements.
    package var isEmpty: Bool {
        switch content {
        case .plain, .text: isNull
        case .sequence(let elements): elements.isEmpty
        case .mapping(let entries): entries.isEmpty
        }
    }

    /// What stands there, for error messages: `'five'`, `a list`.
    package var summary: String {
        switch content {
        case .plain(let spelling): spelling.isEmpty ? "nothing" : "'\(Self.shortened(spelling))'"
        case .text(let text): "the text '\(Self.shortened(text))'"
        case .sequence(let elements): elements.isEmpty ? "an empty list" : "a list"
        case .mapping: "a section"
        }
    }

    /// Text short enough and without line breaks, to quote in a message.
    package static func shortened(_ text: String) -> String {
        let line = String(text.prefix(61).map { $0.isNewline ? " " : $0 })
        return line.count > 60 ? "\(line.prefix(60))…" : line
    }
}

extension YAMLValue: Equatable {
    /// Equal contents, wherever they stand.
    package static func == (left: YAMLValue, right: YAMLValue) -> Bool { left.json == right.json }

    /// The same value in JSON, where it was written by a format and not by hand.
    var json: JSONValue {
        switch content {
        case .plain(let spelling): isNull ? .null : .number(spelling)
        case .text(let text): .text(text)
        case .sequence(let elements): .array(elements.map(\.json))
        case .mapping(let entries): .object(entries.map { ($0.key.scalar ?? "", $0.value.json) })
        }
    }
}

/// Writes values as YAML: sections as blocks, lists of sections one to a line.
struct YAMLWriter {
    private(set) var text = ""

    /// Writes the entries of a mapping, one or more lines each.
    mutating func write(_ entries: [(key: YAMLValue, value: YAMLValue)], indentation: Int = 0) {
        let margin = String(repeating: " ", count: indentation)
        for (key, value) in entries {
            text += margin + Self.inline(key) + ":"
            switch value.content {
            case .mapping(let inner) where !inner.isEmpty:
                text += "\n"
                write(inner, indentation: indentation + 2)
            case .sequence(let elements) where elements.contains { $0.scalar == nil }:
                text += "\n"
                for element in elements { writeItem(element, margin: margin) }
            default:
                text += " " + Self.inline(value) + "\n"
            }
        }
    }

    /// `  - crash-broker: {broker: 2, at: 2.4s}`
    private mutating func writeItem(_ element: YAMLValue, margin: String) {
        if case .mapping(let entries) = element.content, entries.count == 1 {
            text += "\(margin)  - \(Self.inline(entries[0].key)): \(Self.inline(entries[0].value))\n"
        } else {
            text += "\(margin)  - \(Self.inline(element))\n"
        }
    }

    /// On one line, in YAML's flow style.
    static func inline(_ value: YAMLValue) -> String {
        switch value.content {
        case .plain(let spelling): spelling
        case .text(let text): isPlain(text) ? text : quoted(text)
        case .sequence(let elements): "[" + elements.map(inline).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\(inline($0.key)): \(inline($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    /// Words of YAML 1.1 that are not text to some readers.
    private static let reserved: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    /// Whether every reader of YAML takes the bare text for text.
    static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.last != UInt8(ascii: " "), isAlphanumeric(first) else { return false }
        guard bytes.allSatisfy({ isAlphanumeric($0) || " _./-".utf8.contains($0) }) else { return false }
        if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            // `2.4s` is text, `1e5`, `0x1f` and `2001-12-14` are not.
            return bytes.contains { "smnu".utf8.contains($0) } && !text.contains("x") && !text.contains("-")
        }
        return !reserved.contains(text.lowercased())
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5c: result += "\\\\"
            case 0x0a: result += "\\n"
            // Control characters, line separators and what YAML does not count as printable.
            case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff: result += unicodeEscape(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

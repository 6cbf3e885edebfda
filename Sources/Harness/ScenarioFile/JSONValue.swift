/// A JSON document whose objects keep the order in which they were written, for schemas and results that people read.
package indirect enum JSONValue: Equatable, Sendable {
    case null
    case flag(Bool)
    /// A number as it is spelled, so that 64-bit seeds and decimals stay exact.
    case number(String)
    case text(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])

    package static func integer(_ value: some BinaryInteger) -> JSONValue { .number("\(value)") }
    /// JSON has no infinities: they become null.
    package static func real(_ value: Double) -> JSONValue { value.isFinite ? .number("\(value)") : .null }

    package static func == (left: JSONValue, right: JSONValue) -> Bool { left.compact == right.compact }

    /// The value of a key of an object.
    package subscript(key key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// This object with more members; members whose value is nil are left out.
    package func adding(_ members: [(key: String, value: JSONValue?)]) -> JSONValue {
        guard case .object(let own) = self else { return self }
        return .object(own + members.compactMap { member in member.value.map { (member.key, $0) } })
    }
}

extension JSONValue {
    /// On one line.
    package var compact: String {
        var text = ""
        write(to: &text, indentation: nil)
        return text
    }

    /// Over several lines, two blanks a level, with a line break at the end.
    package var pretty: String {
        var text = ""
        write(to: &text, indentation: 0)
        return text + "\n"
    }

    private func write(to text: inout String, indentation: Int?) {
        switch self {
        case .null: text += "null"
        case .flag(let value): text += value ? "true" : "false"
        case .number(let spelling): text += spelling
        case .text(let value): Self.quote(value, into: &text)
        case .array(let elements):
            // Short lists of scalars stay on one line: `["inbox", "memory", "none"]`.
            let inner = elements.allSatisfy(\.isScalar) ? nil : indentation
            Self.enclose("[", elements, "]", indentation: inner, into: &text) { element, text, level in
                element.write(to: &text, indentation: level)
            }
        case .object(let members):
            Self.enclose("{", members, "}", indentation: indentation, into: &text) { member, text, level in
                Self.quote(member.key, into: &text)
                text += ": "
                member.value.write(to: &text, indentation: level)
            }
        }
    }

    private var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    private static func enclose<Element>(
        _ opening: String, _ elements: [Element], _ closing: String, indentation: Int?, into text: inout String,
        write: (Element, inout String, Int?) -> Void
    ) {
        text += opening
        let level = elements.isEmpty ? nil : indentation
        let inner = level.map { $0 + 1 }
        for (index, element) in elements.enumerated() {
            if index > 0 { text += inner == nil ? ", " : "," }
            if let inner { text += "\n" + String(repeating: "  ", count: inner) }
            write(element, &text, inner)
        }
        if let level { text += "\n" + String(repeating: "  ", count: level) }
        text += closing
    }

    /// RFC 8259 §7: quotes, backslashes and control characters are escaped, everything else stands for itself.
    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20: text += unicodeEscape(scalar)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

/// `\u001b`, which JSON and double-quoted YAML share.
func unicodeEscape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}

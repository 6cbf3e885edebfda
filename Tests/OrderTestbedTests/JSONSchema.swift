import Foundation

/// As much of JSON Schema (draft 2020-12) as the schemas of events use; a keyword that is not here is a finding.
struct JSONSchema {
    let schema: [String: Any]

    private static let silent: Set = [
        "$schema", "$id", "title", "description", "examples", "x-since", "x-personal-data",
    ]

    /// What is wrong with a value, each with its place.
    func findings(in value: Any, at place: String = "$") -> [String] {
        schema.keys.sorted().flatMap { keyword in
            Self.silent.contains(keyword) ? [] : findings(in: value, keyword, at: place)
        }
    }

    private func findings(in value: Any, _ keyword: String, at place: String) -> [String] {
        let rule = schema[keyword] ?? 0
        func expect(_ isFine: Bool?, _ what: String) -> [String] { isFine == true ? [] : ["\(place) \(what)"] }
        switch keyword {
        case "type":
            let types = rule as? [String] ?? [rule as? String ?? ""]
            return expect(types.contains { isOfType($0, value) }, "is not of type \(types)")
        case "const": return expect(value as? String == rule as? String, "is not \(rule)")
        case "enum":
            return expect((rule as? [Any])?.contains { "\($0)" == "\(value)" }, "is none of the words")
        case "pattern":
            guard let text = value as? String else { return [] }
            return expect((try? Regex(rule as? String ?? "").wholeMatch(in: text)) != nil, "does not match \(rule)")
        case "format":
            guard let text = value as? String else { return [] }
            let isFine =
                switch rule as? String {
                case "uuid": UUID(uuidString: text) != nil
                case "date-time":
                    text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
                default: false
                }
            return expect(isFine, "has not the format \(rule)")
        case "minimum": return expect(number(value).map { $0 >= number(rule) ?? .infinity }, "is too small")
        case "maximum": return expect(number(value).map { $0 <= number(rule) ?? -.infinity }, "is too large")
        case "minItems": return expect((value as? [Any]).map { $0.count >= rule as? Int ?? .max }, "is too short")
        case "items":
            let items = JSONSchema(schema: rule as? [String: Any] ?? [:])
            return (value as? [Any] ?? []).enumerated().flatMap {
                items.findings(in: $0.element, at: "\(place)[\($0.offset)]")
            }
        case "required":
            let object = value as? [String: Any] ?? [:]
            return (rule as? [String] ?? []).filter { object[$0] == nil }.map { "\(place) lacks \($0)" }
        case "properties":
            let rules = rule as? [String: [String: Any]] ?? [:]
            return (value as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.flatMap { name, value in
                rules[name].map { JSONSchema(schema: $0).findings(in: value, at: "\(place).\(name)") } ?? []
            }
        default: return ["\(place): nobody here knows the keyword \(keyword)"]
        }
    }

    private func number(_ value: Any) -> Double? { (value as? NSNumber)?.doubleValue }

    private func isOfType(_ type: String, _ value: Any) -> Bool {
        let isFlag = value is Bool && "\(value)" != "0" && "\(value)" != "1"
        return switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "boolean": isFlag
        case "null": value is NSNull
        case "number": !isFlag && value is NSNumber
        case "integer": !isFlag && number(value).map { $0 == $0.rounded() } == true
        default: false
        }
    }
}

import Foundation

/// As much of JSON Schema as `docs/schemas/conformance-result.schema.json` uses.
enum Schema {
    /// What is wrong with a value, each with its place.
    static func findings(in value: Any, _ schema: [String: Any], at place: String) -> [String] {
        if let wanted = schema["const"] as? Int {
            return value as? Int == wanted ? [] : ["\(place) is not what it must be"]
        }
        if let words = schema["enum"] as? [String] {
            return (value as? String).map(words.contains) == true ? [] : ["\(place) is none of the words"]
        }
        switch schema["type"] as? String {
        case "object": return findings(inObject: value, schema, at: place)
        case "array":
            guard let list = value as? [Any] else { return ["\(place) is no array"] }
            let tooShort = list.count < schema["minItems"] as? Int ?? 0 ? ["\(place) is too short"] : []
            let items = schema["items"] as? [String: Any] ?? [:]
            return tooShort
                + list.enumerated().flatMap { findings(in: $0.element, items, at: "\(place)[\($0.offset)]") }
        case "string": return value is String ? [] : ["\(place) is no string"]
        case "number":
            guard let number = value as? Double else { return ["\(place) is no number"] }
            return number < schema["minimum"] as? Double ?? number ? ["\(place) is too small"] : []
        default: return ["\(place): a schema without a type"]
        }
    }

    private static func findings(inObject value: Any, _ schema: [String: Any], at place: String) -> [String] {
        guard let object = value as? [String: Any] else { return ["\(place) is no object"] }
        let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
        let lacking = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map {
            "\(place) lacks \($0)"
        }
        let isClosed = schema["additionalProperties"] as? Bool == false
        return lacking
            + object.flatMap { key, value in
                guard let rule = properties[key] else { return isClosed ? ["\(place).\(key) is unknown"] : [] }
                return findings(in: value, rule, at: "\(place).\(key)")
            }
    }
}

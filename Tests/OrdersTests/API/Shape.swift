import Foundation
import Services
import Testing

/// What an answer has to look like: every key that is there, and no other, and what stands behind each.
indirect enum Shape: Sendable {
    /// This string.
    case exactly(String)
    /// Any string that begins so.
    case text(String)
    /// A moment as RFC 3339 writes it, in UTC.
    case moment
    /// This number.
    case number(String)
    /// Any number.
    case anyNumber
    case null
    case object([String: Shape])
    /// These elements and no others.
    case list([Shape])
    /// Any number of elements of one shape, at least one.
    case some(Shape)

    static let text = Shape.text("")

    /// What is wrong with a value, if anything is.
    func findings(_ value: Any, at place: String = "$") -> [String] {
        switch self {
        case .exactly(let wanted): return value as? String == wanted ? [] : ["\(place): \(value), not '\(wanted)'"]
        case .text(let prefix):
            return (value as? String)?.hasPrefix(prefix) == true ? [] : ["\(place): \(value), not '\(prefix)…'"]
        case .moment:
            let isMoment = (value as? String)?.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) == true
            return isMoment ? [] : ["\(place): \(value) is no moment"]
        case .number(let digits):
            return (value as? NSNumber)?.doubleValue == Double(digits) ? [] : ["\(place): \(value), not \(digits)"]
        case .anyNumber: return value is NSNumber ? [] : ["\(place): \(value) is no number"]
        case .null: return value is NSNull ? [] : ["\(place): \(value), not null"]
        case .object(let fields):
            guard let object = value as? [String: Any] else { return ["\(place): \(value) is no object"] }
            let keys = Set(fields.keys).union(object.keys).sorted()
            return keys.flatMap { key in
                guard let shape = fields[key] else { return ["\(place).\(key): nobody has asked for this"] }
                guard let found = object[key] else { return ["\(place).\(key) is missing"] }
                return shape.findings(found, at: "\(place).\(key)")
            }
        case .list(let shapes):
            guard let list = value as? [Any], list.count == shapes.count else {
                return ["\(place): \(value) is no list of \(shapes.count)"]
            }
            return zip(shapes, list).enumerated().flatMap { index, pair in
                pair.0.findings(pair.1, at: "\(place)[\(index)]")
            }
        case .some(let shape):
            guard let list = value as? [Any], !list.isEmpty else { return ["\(place): \(value) is no list"] }
            return list.enumerated().flatMap { shape.findings($1, at: "\(place)[\($0)]") }
        }
    }
}

/// Whether an answer has a status and a shape.
func expect(
    _ response: Response, _ status: Int, _ shape: Shape, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(response.status == status, sourceLocation: sourceLocation)
    let text = String(decoding: response.body, as: UTF8.self)
    guard let value = try? JSONSerialization.jsonObject(with: Data(response.body), options: .fragmentsAllowed) else {
        Issue.record("'\(text)' is no JSON", sourceLocation: sourceLocation)
        return
    }
    #expect(shape.findings(value) == [], "\(text)", sourceLocation: sourceLocation)
}

/// Whether an answer is a problem in the shape of RFC 9457.
func expectProblem(
    _ response: Response, _ status: Int, _ detail: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(response.status == status, sourceLocation: sourceLocation)
    let value = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
    let found = value?["detail"] as? String
    #expect(value?["title"] is String && value?["status"] as? Int == status, sourceLocation: sourceLocation)
    #expect(
        found?.isEmpty == false && found?.contains(detail) != (detail.isEmpty ? nil : false),
        "\(found ?? "no detail")", sourceLocation: sourceLocation)
}

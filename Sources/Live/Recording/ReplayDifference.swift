import Kafka
import Services

/// Something that is not as it was when it was recorded.
public struct ReplayDifference: Hashable, Sendable, Codable {
    /// What differs, as a sentence.
    public var what: String
    /// As it was recorded.
    public var then: String
    /// As it is played back.
    public var now: String

    init(what: String, then: String, now: String) {
        self.what = what
        self.then = then
        self.now = now
    }

    /// Two effects that are not the same; nil stands for one that is not there.
    init(effect number: Int, then: Effect?, now: Effect?, in text: FlightText) {
        self.then = then.map { text.phrase(for: $0) } ?? "nothing"
        self.now = now.map { text.phrase(for: $0) } ?? "nothing"
        guard let then, let now else {
            what = then == nil ? "effect \(number) is new" : "effect \(number) is missing"
            return
        }
        what = "effect \(number) differs"
        guard self.then == self.now, let place = Discrepancy(then, now) else { return }
        what = "effect \(number), \"\(self.then)\", differs in \(place.place)"
        (self.then, self.now) = (place.first, place.second)
    }
}

/// The first place at which two values of one type differ.
struct Discrepancy {
    /// The names that lead there: `record.value`.
    private(set) var place: String
    private(set) var first: String
    private(set) var second: String

    /// Nil when the two are the same.
    init?(_ first: Any, _ second: Any) {
        guard let found = Self.find(first, second, at: []) else { return nil }
        self = found
    }

    private init(at path: [String], _ first: String, _ second: String) {
        // Payloads without a name have a number.
        place = path.filter { !$0.hasPrefix(".") && $0 != "some" }.joined(separator: ".")
        if place.isEmpty { place = "what it is" }
        self.first = first
        self.second = second
    }

    private static func find(_ first: Any, _ second: Any, at path: [String]) -> Discrepancy? {
        if let first = first as? [UInt8], let second = second as? [UInt8] {
            return first == second ? nil : Discrepancy(at: path, excerpts(first, second))
        }
        let parts = (Array(Mirror(reflecting: first).children), Array(Mirror(reflecting: second).children))
        if parts.0.isEmpty || parts.1.isEmpty || parts.0.count != parts.1.count {
            let texts = (String(reflecting: first), String(reflecting: second))
            return texts.0 == texts.1 ? nil : Discrepancy(at: path, shown(first), shown(second))
        }
        for (index, pair) in zip(parts.0, parts.1).enumerated() {
            // Two cases of an enumeration.
            guard pair.0.label == pair.1.label else { return Discrepancy(at: path, shown(first), shown(second)) }
            if let found = find(pair.0.value, pair.1.value, at: path + [pair.0.label ?? "\(index + 1)"]) {
                return found
            }
        }
        return nil
    }

    private init(at path: [String], _ excerpts: (String, String)) { self.init(at: path, excerpts.0, excerpts.1) }

    private static func shown(_ value: Any) -> String {
        let text = "\(value)"
        return text.count > 200 ? text.prefix(200) + "…" : text
    }

    /// Around the first byte that differs, as text.
    private static func excerpts(_ first: [UInt8], _ second: [UInt8]) -> (String, String) {
        let place = zip(first, second).prefix { $0 == $1 }.count
        func excerpt(_ bytes: [UInt8]) -> String {
            let start = max(0, place - 40)
            let end = min(bytes.count, place + 40)
            let text = String(decoding: bytes[min(start, end)..<end], as: UTF8.self)
            return (start > 0 ? "…" : "") + text + (end < bytes.count ? "…" : "")
        }
        return (excerpt(first), excerpt(second))
    }
}

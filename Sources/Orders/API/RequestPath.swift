import Services

/// A request's path and query, taken apart and percent-decoded (RFC 3986).
struct RequestPath {
    /// The parts between the slashes: `api`, `orders`. Empty for `/`.
    let segments: [[UInt8]]
    private let query: [(name: [UInt8], value: [UInt8])]

    /// Nil when it does not begin with a slash, or holds a `%` that is not followed by two hexadecimal digits.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        let path = bytes[..<mark]
        guard path.first == UInt8(ascii: "/") else { return nil }
        var segments: [[UInt8]] = []
        if path.count > 1 {
            for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
                guard let segment = Self.decoded(part, plusIsBlank: false) else { return nil }
                segments.append(segment)
            }
        }
        self.segments = segments
        var query: [(name: [UInt8], value: [UInt8])] = []
        for part in bytes[mark...].dropFirst().split(separator: UInt8(ascii: "&")) {
            let sign = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = Self.decoded(part[..<sign], plusIsBlank: true),
                let value = Self.decoded(part[sign...].dropFirst(), plusIsBlank: true)
            else { return nil }
            query.append((name, value))
        }
        self.query = query
    }

    /// The first value of a query parameter.
    func query(_ name: StaticString) -> [UInt8]? {
        query.first { $0.name.elementsEqual(UnsafeBufferPointer(name)) }?.value
    }

    private static func decoded(_ part: ArraySlice<UInt8>, plusIsBlank: Bool) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(part.count)
        var index = part.startIndex
        while index < part.endIndex {
            switch part[index] {
            case UInt8(ascii: "%"):
                guard index + 2 < part.endIndex, let high = hexDigit(part[index + 1]),
                    let low = hexDigit(part[index + 2])
                else { return nil }
                result.append(high << 4 | low)
                index += 2
            case UInt8(ascii: "+") where plusIsBlank: result.append(UInt8(ascii: " "))
            default: result.append(part[index])
            }
            index += 1
        }
        return result
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// The paths of an endpoint: `/api/orders/:id/cancel`. A segment with a colon stands for any text that is not empty.
struct PathPattern: Hashable, Sendable {
    /// As it is written.
    let text: String
    private let segments: [Segment]

    private enum Segment: Hashable, Sendable {
        case literal([UInt8])
        case parameter
    }

    init(_ text: StaticString) {
        self.text = String(describing: text)
        segments = UnsafeBufferPointer(text).split(separator: UInt8(ascii: "/")).map { part in
            part.first == UInt8(ascii: ":") ? .parameter : .literal(Array(part))
        }
    }

    /// The texts that stand for the pattern's parameters, from left to right; nil when the path is another.
    func match(_ path: RequestPath) -> [[UInt8]]? {
        guard path.segments.count == segments.count else { return nil }
        var parameters: [[UInt8]] = []
        for (segment, found) in zip(segments, path.segments) {
            switch segment {
            case .literal(let wanted): if wanted != found { return nil }
            case .parameter:
                if found.isEmpty { return nil }
                parameters.append(found)
            }
        }
        return parameters
    }
}

extension Identifier {
    /// Whether it can stand in a path as it is (RFC 3986 §2.3).
    var isUnreserved: Bool { (0..<count).allSatisfy { Self.isUnreserved(self[$0]) } }

    /// As it stands in a path: what is not unreserved is percent-encoded.
    var inPath: String {
        var text: [UInt8] = []
        for index in 0..<count {
            let byte = self[index]
            if Self.isUnreserved(byte) {
                text.append(byte)
            } else {
                let digits = UnsafeBufferPointer("0123456789ABCDEF")
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}

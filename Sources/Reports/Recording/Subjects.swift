/// Finds what texts are about among the subjects of a run.
struct Subjects {
    private(set) var names: [String] = []
    private var places: [[UInt8]: Int] = [:]

    /// The place of a name, which gets the next one if it has none yet.
    mutating func intern(_ name: [UInt8]) -> Int {
        if let known = places[name] { return known }
        places[name] = names.count
        names.append(String(decoding: name, as: UTF8.self))
        return names.count - 1
    }

    /// The place of a name, if it is known.
    func place(_ name: String) -> Int? { places[Array(name.utf8)] }

    /// Those that a text mentions, in the order of their first mention.
    func mentioned(in text: [UInt8]) -> [Int] {
        var found: [Int] = []
        var start: Int?
        func end(_ index: Int) {
            if let first = start, let place = places[Array(text[first..<index])], !found.contains(place) {
                found.append(place)
            }
            start = nil
        }
        for (index, byte) in text.enumerated() {
            if Self.isPart(byte) {
                if start == nil { start = index }
            } else {
                end(index)
            }
        }
        end(text.count)
        return found
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }
}

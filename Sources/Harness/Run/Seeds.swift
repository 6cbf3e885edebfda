/// Seeds as people write them: `7`, `1..50`, `1,5,9`, `1..10,99`.
public struct Seeds: Hashable, Sendable {
    /// In the order in which they were written.
    public let ranges: [ClosedRange<UInt64>]
    /// How many there are.
    public let count: Int

    /// More runs than that are a slip of the finger.
    public static let limit: UInt64 = 100_000_000

    public init(_ seed: UInt64) {
        ranges = [seed...seed]
        count = 1
    }

    public init(_ range: ClosedRange<UInt64>) {
        precondition(range.upperBound - range.lowerBound < Self.limit, "there are at most \(Self.limit) seeds")
        ranges = [range]
        count = Int(range.upperBound - range.lowerBound) + 1
    }

    public init(listed seeds: [UInt64]) {
        ranges = seeds.map { $0...$0 }
        count = seeds.count
    }

    /// As they are written: `1..10,99`.
    public var spelling: String {
        ranges.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// Reads seeds as people write them. Swift's `1...50` is taken for `1..50`.
    public init(parsing text: String) throws(InvalidSeeds) {
        var ranges: [ClosedRange<UInt64>] = []
        var count: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let range = try Self.range(String(part))
            let (size, isTooLarge) = (range.upperBound - range.lowerBound).addingReportingOverflow(1)
            guard !isTooLarge, size <= Self.limit, count + size <= Self.limit else {
                throw InvalidSeeds("'\(text.prefix(40))' are more than \(Self.limit) seeds.")
            }
            count += size
            ranges.append(range)
        }
        self.ranges = ranges
        self.count = Int(count)
    }

    private static func range(_ text: String) throws(InvalidSeeds) -> ClosedRange<UInt64> {
        guard let dots = text.firstRange(of: "...") ?? text.firstRange(of: "..") else {
            let seed = try seed(text)
            return seed...seed
        }
        let first = try seed(String(text[..<dots.lowerBound]))
        let last = try seed(String(text[dots.upperBound...]))
        guard first <= last else { throw InvalidSeeds("'\(text)' ends before it begins: write \(last)..\(first).") }
        return first...last
    }

    private static func seed(_ text: String) throws(InvalidSeeds) -> UInt64 {
        if let seed = UInt64(text) { return seed }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw InvalidSeeds("The seed \(text.prefix(40)) is too large: \(UInt64.max) is the largest.")
        }
        throw InvalidSeeds("'\(text.prefix(40))' is no seed: write a number, 1..50 or 1,5,9.")
    }

    /// The seed at an index below `count`.
    public subscript(index: Int) -> UInt64 {
        var rest = UInt64(index)
        for range in ranges {
            let last = range.upperBound - range.lowerBound
            if rest <= last { return range.lowerBound + rest }
            rest -= last + 1
        }
        preconditionFailure("there are \(count) seeds, not \(index + 1)")
    }
}

extension Seeds: Sequence {
    /// The seeds in order.
    public func makeIterator() -> AnyIterator<UInt64> {
        var index = 0
        return AnyIterator {
            guard index < count else { return nil }
            defer { index += 1 }
            return self[index]
        }
    }
}

/// What is wrong with seeds that somebody wrote.
public struct InvalidSeeds: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and what to write instead.
    public let description: String

    init(_ sentence: String) { description = sentence }
}

import Services

/// Some kinds of events.
public struct EventSet: Hashable, Sendable, ExpressibleByArrayLiteral, Document {
    /// A bit for each kind, by `EventType.rawValue`.
    private var bits: UInt64 = 0

    /// The set of one kind.
    public init(_ type: EventType) { bits = Self.bit(type) }

    /// The set of some kinds.
    public init(_ types: some Sequence<EventType>) { for type in types { bits |= Self.bit(type) } }

    /// The set of some kinds.
    public init(arrayLiteral types: EventType...) { self.init(types) }

    private static func bit(_ type: EventType) -> UInt64 { 1 << UInt64(type.rawValue) }

    /// Whether no kind is in it.
    public var isEmpty: Bool { bits == 0 }

    /// The kinds, in the order in which `EventType` lists them.
    public var types: [EventType] { EventType.allCases.filter { contains($0) } }

    /// Whether a kind is in it.
    public func contains(_ type: EventType) -> Bool { bits & Self.bit(type) != 0 }

    /// Whether every kind of the other set is in it.
    public func contains(_ other: EventSet) -> Bool { other.bits & ~bits == 0 }

    /// Whether any kind is in both sets.
    public func intersects(_ other: EventSet) -> Bool { bits & other.bits != 0 }

    /// Adds a kind.
    public mutating func insert(_ type: EventType) { bits |= Self.bit(type) }

    /// Adds the kinds of the other set.
    public mutating func formUnion(_ other: EventSet) { bits |= other.bits }

    /// The kinds of both sets.
    public func union(_ other: EventSet) -> EventSet { EventSet(bits: bits | other.bits) }

    /// The kinds that are in both sets.
    public func intersection(_ other: EventSet) -> EventSet { EventSet(bits: bits & other.bits) }

    /// The kinds that are not in the other set.
    public func subtracting(_ other: EventSet) -> EventSet { EventSet(bits: bits & ~other.bits) }

    private init(bits: UInt64) { self.bits = bits }
}

/// Written as a list of names.
extension EventSet {
    public func encode(to encoder: any Encoder) throws { try types.encode(to: encoder) }

    public init(from decoder: any Decoder) throws { self.init(try [EventType](from: decoder)) }
}

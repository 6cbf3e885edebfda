/// A machine on the network. Brokers are `0..<brokerCount`, then the nodes that were added, in order.
public struct NodeID: Hashable, Comparable, Sendable {
    public var rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    @inlinable
    public static func < (left: NodeID, right: NodeID) -> Bool { left.rawValue < right.rawValue }
}

/// A producer or consumer, counted from 0 over the whole cluster.
public struct ClientID: Hashable, Comparable, Sendable {
    public var rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    @inlinable
    public static func < (left: ClientID, right: ClientID) -> Bool { left.rawValue < right.rawValue }
}

/// A consumer group by its number in the cluster's table of group names.
struct GroupID: Hashable, Sendable {
    var rawValue: Int32

    static let none = GroupID(rawValue: -1)

    var index: Int { Int(rawValue) }
}

/// A static member's `group.instance.id` (KIP-345) by its number in the cluster's table of instance names.
struct InstanceID: Hashable, Sendable {
    var rawValue: Int32

    static let none = InstanceID(rawValue: -1)

    var index: Int { Int(rawValue) }
}

/// What a coordinator calls a member of a group; a number where Kafka has a text. Zero: not yet named.
struct MemberID: Hashable, Sendable {
    var rawValue: UInt64

    static let none = MemberID(rawValue: 0)
}

/// An idempotent producer's name and incarnation, as the cluster gave them out (KIP-98).
struct ProducerIdentity: Hashable, Sendable {
    var id: Int64
    var epoch: Int16

    static let none = ProducerIdentity(id: -1, epoch: -1)
}

/// A set of brokers as bits: at most 64 of them.
struct BrokerSet: Hashable, Sendable {
    var bits: UInt64 = 0

    init() {}

    init(_ brokers: some Sequence<Int32>) {
        for broker in brokers { insert(Int(broker)) }
    }

    var count: Int { bits.nonzeroBitCount }
    var isEmpty: Bool { bits == 0 }
    func contains(_ broker: Int) -> Bool { bits >> UInt64(broker) & 1 == 1 }
    mutating func insert(_ broker: Int) { bits |= 1 << UInt64(broker) }
    mutating func remove(_ broker: Int) { bits &= ~(1 << UInt64(broker)) }
    func union(_ other: BrokerSet) -> BrokerSet { BrokerSet(bits: bits | other.bits) }
    func subtracting(_ other: BrokerSet) -> BrokerSet { BrokerSet(bits: bits & ~other.bits) }
    func intersection(_ other: BrokerSet) -> BrokerSet { BrokerSet(bits: bits & other.bits) }
    func isSubset(of other: BrokerSet) -> Bool { bits & ~other.bits == 0 }

    private init(bits: UInt64) { self.bits = bits }

    static func only(_ broker: Int) -> BrokerSet { BrokerSet(bits: 1 << UInt64(broker)) }

    /// The members in ascending order.
    var members: [Int32] { (0..<64).filter { contains($0) }.map { Int32($0) } }
}

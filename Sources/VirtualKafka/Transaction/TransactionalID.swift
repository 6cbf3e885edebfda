/// A `transactional.id` by its number in the cluster's table.
struct TransactionalID: Hashable, Sendable {
    var rawValue: Int32

    var index: Int { Int(rawValue) }
}

/// The transactional ids that a run knows, and where the cluster keeps what becomes of them.
struct TransactionalIDTable: Sendable {
    private(set) var names: [String] = []
    /// By id, the number of its partition of `__transaction_state`.
    private(set) var partitions: [Int] = []

    /// The number of a name.
    mutating func intern(_ name: String, among partitions: Range<Int>) -> TransactionalID {
        if let known = names.firstIndex(of: name) { return TransactionalID(rawValue: Int32(known)) }
        names.append(name)
        self.partitions.append(partitions.lowerBound + name.javaHash(modulo: partitions.count))
        return TransactionalID(rawValue: Int32(names.count - 1))
    }
}

extension String {
    /// Java's `String.hashCode`, its sign bit cleared, modulo a number: how Kafka spreads groups and transactional ids
    /// over the partitions of its internal topics.
    func javaHash(modulo count: Int) -> Int {
        var hash: Int32 = 0
        for unit in utf16 { hash = hash &* 31 &+ Int32(unit) }
        return Int(hash & .max) % count
    }
}

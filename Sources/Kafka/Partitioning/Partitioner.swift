/// How a producer chooses the partition of a record (librdkafka `CONFIGURATION.md`, `partitioner`).
public enum Partitioner: String, CaseIterable, Sendable {
    /// CRC32 of the key; records with an empty or no key go to random partitions. librdkafka's default.
    case consistentRandom = "consistent_random"
    /// Murmur2 of the key as the Java client does it; records without a key go to random partitions.
    case murmur2Random = "murmur2_random"
    /// CRC32 of the key; records with an empty or no key all go to the same partition.
    case consistent = "consistent"
    /// Murmur2 of the key as the Java client does it; records without a key all go to the same partition.
    case murmur2 = "murmur2"
    /// Random, whatever the key.
    case random = "random"

    /// The partition of a key among `count`, or nil where the choice is random.
    public func partition(of key: [UInt8]?, among count: Int) -> Int? {
        precondition(count > 0, "a topic has at least one partition")
        switch self {
        case .random:
            return nil
        case .consistentRandom:
            guard let key, !key.isEmpty else { return nil }
            return Int(crc32(key) % UInt32(count))
        case .consistent:
            return Int(crc32(key ?? []) % UInt32(count))
        case .murmur2Random:
            guard let key else { return nil }
            return Self.positive(Kafka.murmur2(key)) % count
        case .murmur2:
            return Self.positive(Kafka.murmur2(key ?? [])) % count
        }
    }

    /// The Java client's `toPositive`: the sign bit cleared, which is not the absolute value.
    private static func positive(_ hash: Int32) -> Int { Int(hash & 0x7fff_ffff) }
}

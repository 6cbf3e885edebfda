/// The 32-bit MurmurHash2 with the seed of Kafka's Java client (`Utils.murmur2`): what decides there to which
/// partition a key goes.
@inlinable
public func murmur2(_ bytes: [UInt8]) -> Int32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
    bytes.withUnsafeBytes { bytes in
        var index = 0
        while index + 4 <= bytes.count {
            var word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            word = word &* multiplier
            word ^= word >> 24
            hash = hash &* multiplier ^ word &* multiplier
            index += 4
        }
        let rest = bytes.count - index
        if rest == 3 { hash ^= UInt32(bytes[index + 2]) << 16 }
        if rest >= 2 { hash ^= UInt32(bytes[index + 1]) << 8 }
        if rest >= 1 { hash = (hash ^ UInt32(bytes[index])) &* multiplier }
    }
    hash ^= hash >> 13
    hash = hash &* multiplier
    hash ^= hash >> 15
    return Int32(bitPattern: hash)
}

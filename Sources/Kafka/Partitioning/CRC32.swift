/// CRC-32 as in zlib and Ethernet (reflected polynomial 0xEDB88320): librdkafka's `consistent` partitioners use it.
public func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes { crc = crc >> 8 ^ crc32Table[Int((crc ^ UInt32(byte)) & 0xff)] }
    return ~crc
}

private let crc32Table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    return value
}

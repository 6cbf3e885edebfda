import Services

/// Ids as text, written in place: an event and its headers hold seven of them.
extension UniqueID {
    /// How long a UUID is.
    static let uuidLength = 36

    /// Writes the 36 characters of a UUID: groups of 8, 4, 4, 4 and 12 digits.
    func writeUUID(to bytes: UnsafeMutablePointer<UInt8>) {
        let raw = UnsafeMutableRawPointer(bytes)
        let digits = (Self.hex(high >> 32), Self.hex(high), Self.hex(low >> 32), Self.hex(low))
        raw.storeBytes(of: digits.0.bigEndian, as: UInt64.self)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: digits.1 >> 32).bigEndian, toByteOffset: 9, as: UInt32.self)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: digits.1).bigEndian, toByteOffset: 14, as: UInt32.self)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: digits.2 >> 32).bigEndian, toByteOffset: 19, as: UInt32.self)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: digits.2).bigEndian, toByteOffset: 24, as: UInt32.self)
        raw.storeBytes(of: digits.3.bigEndian, toByteOffset: 28, as: UInt64.self)
        bytes[8] = UInt8(ascii: "-")
        bytes[13] = UInt8(ascii: "-")
        bytes[18] = UInt8(ascii: "-")
        bytes[23] = UInt8(ascii: "-")
    }

    /// Writes the 16 hexadecimal digits of a number.
    static func writeHex(_ value: UInt64, to bytes: UnsafeMutablePointer<UInt8>) {
        let raw = UnsafeMutableRawPointer(bytes)
        raw.storeBytes(of: hex(value >> 32).bigEndian, as: UInt64.self)
        raw.storeBytes(of: hex(value).bigEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// The eight hexadecimal digits of the lower half, one in each byte: spread out, then raised to `0…9` or `a…f`.
    private static func hex(_ value: UInt64) -> UInt64 {
        var spread = value & 0xffff_ffff
        spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
        spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
        spread = (spread | spread << 4) & 0x0f0f_0f0f_0f0f_0f0f
        let isLetter = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ isLetter &* 0x27
    }
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// Whether the bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
    var isValidUTF8: Bool {
        let bytes = UnsafeRawBufferPointer(self)
        var index = 0
        while index < bytes.count {
            // Eight bytes at a time: events are ASCII but for exceptions.
            while index + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
            }
            guard index < bytes.count else { return true }
            guard bytes[index] >= 0x80 else {
                index += 1
                continue
            }
            guard let length = lengthOfSequence(at: index) else { return false }
            index += length
        }
        return true
    }

    /// How long the sequence of several bytes is that begins here; nil when it is none.
    private func lengthOfSequence(at index: Int) -> Int? {
        let length: Int
        // The range of the second byte excludes overlong forms, surrogates and what lies beyond Unicode.
        let second: ClosedRange<UInt8>
        switch self[index] {
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xe1...0xec, 0xee, 0xef: (length, second) = (3, 0x80...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: return nil
        }
        guard index + length <= count, second.contains(self[index + 1]) else { return nil }
        for next in index + 2..<Swift.max(index + 2, index + length) where self[next] & 0xc0 != 0x80 { return nil }
        return length
    }
}

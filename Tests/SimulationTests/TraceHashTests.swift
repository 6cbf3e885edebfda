import Simulation
import Testing

@Suite struct TraceHashTests {
    @Test func `the hash of a trace is the same for ever`() {
        #expect(TraceHash().description == "243f6a8885a308d313198a2e03707344")
        #expect(hash(numbers: 1).description == "b927e1f96a19822f1abb4c24e01a8fdd")
        #expect(hash(texts: "order 42 was shipped").description == "6a4abe3578a6e5e6b1513e3d396d2dad")
    }

    @Test func `order matters`() {
        #expect(hash(numbers: 1, 2) != hash(numbers: 2, 1))
        #expect(hash(texts: "a", "b") != hash(texts: "b", "a"))
    }

    @Test func `nothing that happens goes unnoticed`() {
        let traces = [TraceHash(), hash(numbers: 0), hash(numbers: 0, 0), hash(texts: "", ""), hash(texts: "", "", "")]
        #expect(Set(traces).count == traces.count)
    }

    @Test func `the border between two texts counts, and so do zeros at the end`() {
        #expect(hash(texts: "ab", "c") != hash(texts: "a", "bc"))
        let zeros = (0..<40).map { String(repeating: "\0", count: $0) }
        #expect(Set(zeros.map { hash(texts: $0) }).count == 40)
    }

    @Test func `every byte of a text counts, at every length`() {
        for length in 1...24 {
            let bytes = [UInt8](repeating: 7, count: length)
            var seen: Set = [hash(bytes: bytes)]
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= 1
                seen.insert(hash(bytes: changed))
            }
            #expect(seen.count == length + 1)
        }
    }

    @Test func `a text is its bytes, a moment its nanoseconds`() {
        #expect(hash(texts: "poison ☠") == hash(bytes: Array("poison ☠".utf8)))
        var moment = TraceHash()
        moment.fold(Instant(nanoseconds: -5))
        #expect(moment == hash(numbers: -5))
    }

    @Test func `it is written as 32 hexadecimal digits`() {
        for number in 0..<500 {
            let digits = hash(numbers: number).description
            #expect(digits.count == 32)
            #expect(digits.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        }
    }

    private func hash(numbers: Int...) -> TraceHash { numbers.reduce(into: TraceHash()) { $0.fold($1) } }

    private func hash(texts: String...) -> TraceHash { texts.reduce(into: TraceHash()) { $0.fold($1) } }

    private func hash(bytes: [UInt8]) -> TraceHash {
        var hash = TraceHash()
        hash.fold(bytes)
        return hash
    }
}

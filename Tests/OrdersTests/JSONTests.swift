import Testing

@testable import Orders

@Suite("JSON")
struct JSONTests {
    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        (try? JSONScanner.scan(bytes) { (scanner) throws(JSONError) in try scanner.skip() }) != nil
    }

    private func isAccepted(_ text: String) -> Bool { isAccepted(Array(text.utf8)) }

    @Test(arguments: [
        "{}", "[]", " [ ] ", "0", "-0", "-1.5E+10", "1e5", "\"\"", "true", "false", "null", "[1,2,[3]]", "{\"a\":{}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\ud83d\\ude00\"", "\"ü€😀\"", "\t\r\n {\"a\" : [ ] , \"b\" : 1 }",
        "[[],{}]",
        "123456789012345678901234567890.5", "1e99999999999999",
    ])
    func takes(text: String) { #expect(isAccepted(text)) }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "{]", "[}", "{,}", "[,]", "[1,]", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}",
        "{'a':1}",
        "[1 2]", "[1]]", "1 2", "01", "-", "-01", "1.", ".5", "1e", "1e+", "+1", "0x1", "NaN", "Infinity", "tru",
        "truee",
        "nul", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"a\nb\"", "\"a\u{0}b\"", "{\"a\":1 \"b\":2}", "{1:2}", "[1,,2]", "/**/1", "\u{FEFF}{}",
    ])
    func refuses(text: String) { #expect(!isAccepted(text)) }

    @Test func depthIsLimited() {
        #expect(isAccepted(String(repeating: "[", count: 32) + String(repeating: "]", count: 32)))
        #expect(!isAccepted(String(repeating: "[", count: 33) + String(repeating: "]", count: 33)))
        #expect(!isAccepted(String(repeating: "[", count: 1 << 20)))
    }

    /// The standard library knows what UTF-8 is.
    @Test func utf8IsWhatTheStandardLibrarySays() {
        let leads: [UInt8] = [0x41, 0x7f, 0x80, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff]
        let others: [UInt8] = [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0]
        for lead in leads {
            for second in others {
                for third in others {
                    for fourth in others {
                        for padding in [0, 5, 7] {
                            let bytes = Array(repeating: UInt8(0x61), count: padding) + [lead, second, third, fourth]
                            let expected = String(validating: bytes, as: UTF8.self) != nil
                            #expect(bytes.withUnsafeBufferPointer { $0.isValidUTF8 } == expected, "\(bytes)")
                        }
                    }
                }
            }
        }
    }

    /// Every length, so that the eight-at-a-time paths meet every boundary.
    @Test func stringsOfEveryLengthAreReadAsWritten() throws {
        for length in 0..<40 {
            for special in ["", "\"", "\\", "\n", "\u{1f}", " ", "ü", "\u{7f}"] {
                for place in [0, length / 2, length] {
                    let text =
                        String(repeating: "a", count: place) + special + String(repeating: "b", count: length - place)
                    var json = JSONWriter(capacity: 1)
                    json.beginObject()
                    json.field("x")
                    json.value(text)
                    json.endObject()
                    let read = try JSONScanner.scan(json.finish()) { (scanner) throws(JSONError) in
                        var read: [UInt8] = []
                        try scanner.beginObject()
                        while try scanner.nextField() != nil { read = try scanner.text().unescaped() }
                        return read
                    }
                    #expect(read == Array(text.utf8))
                }
            }
        }
    }

    @Test func lastOfEqualFieldsCounts() throws {
        let body = Array(#"{"status":"approved","status":"declined","reason":"nothing-charged"}"#.utf8)
        #expect(try ProviderReply.decode(body) == .declined(.nothingCharged))
    }
}

import Gateway
import Hummingbird
import HummingbirdTesting
import Orders
import Services
import Simulation
import Testing

/// Whatever comes in, something sensible goes out.
@Suite struct NonsenseTests {
    private static let methods = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "BREW", "x"]
    private static let pieces = [
        "api", "orders", "v1", "ORD-1", "events", "cancel", "lines", "return", "replay", "", ".", "..", "%", "%2",
        "%zz", "%00", "%2F", "%FF", "ä", "🦔", "?", "?limit=", "?limit=-1", "&", "=", "after=%", "days=1e9",
        "order-details?orderId=", "inventory", "health", "livez", "metrics", "readyz", "services", "status", "*",
        String(repeating: "x", count: 5_000),
    ]
    private static let bodies = [
        "", "{", "}", "null", "[]", "[[[[", "{}", "\"", "\u{0}", #"{"customerId":1}"#, #"{"items":{}}"#,
        #"{"customerId":"C","items":[{"productId":"x","quantity":1e999}]}"#, #"{"orderId":"\ud800"}"#,
        String(repeating: "[", count: 20_000), String(repeating: #"{"a":"#, count: 5_000),
    ]

    /// A piece of chance that is the same each time.
    private struct Dice {
        let draws = Draws(seed: 7)
        var rolls: UInt64 = 0

        mutating func roll(_ sides: Int) -> Int {
            rolls += 1
            return Int(draws.bits(.nonsense, rolls) % UInt64(sides))
        }

        mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(elements.count)] }

        mutating func path() -> String {
            (0...roll(5)).map { _ in (roll(8) == 0 ? "" : "/") + pick(NonsenseTests.pieces) }.joined()
        }

        mutating func body() -> [UInt8]? {
            switch roll(4) {
            case 0: nil
            case 1: (0..<roll(300)).map { _ in UInt8(roll(256)) }
            default: Array(pick(NonsenseTests.bodies).utf8)
            }
        }
    }

    @Test func `Nonsense is answered with a problem`() async throws {
        let bench = Bench(Probe.blueprint("standard"))
        try await Probe(bench).test { ask in
            var dice = Dice()
            for _ in 0..<4_000 {
                let (method, path, body) = (dice.pick(Self.methods), dice.path(), dice.body())
                let headers = dice.roll(3) == 0 ? ["Idempotency-Key": dice.pick(Self.bodies).filter { $0 > " " }] : [:]
                let answer = try await ask(method, path, bytes: body, headers: headers.filter { !$1.isEmpty })
                #expect(answer.status < 500, "\(method) \(path.prefix(80)): \(answer.status) \(answer.body)")
                if answer.status >= 400, method != "HEAD" {
                    #expect(answer["content-type"] == "application/problem+json")
                    #expect(answer.body.hasPrefix(#"{"title":""#))
                }
            }
        }
    }

    @Test func `Over a socket, too`() async throws {
        let bench = Bench(Probe.blueprint("standard"))
        try await Probe(bench).test(.live) { ask in
            var dice = Dice()
            for _ in 0..<200 {
                let path = dice.path().utf8.filter { $0 > 0x20 && $0 < 0x7f }
                let text = "/" + String(decoding: path, as: UTF8.self)
                let answer = try await ask(dice.pick(["GET", "POST", "PUT", "DELETE"]), text, bytes: dice.body())
                #expect(answer.status < 500, "\(text.prefix(80)): \(answer.status) \(answer.body)")
            }
            #expect(try await ask("GET", "/livez").status == 200)
        }
    }
}

extension Purpose {
    fileprivate static let nonsense = Purpose("gateway-tests.nonsense")
}

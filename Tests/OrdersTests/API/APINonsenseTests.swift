import Foundation
import Services
import Simulation
import Testing

@testable import Orders

extension Purpose {
    fileprivate static let nonsense = Purpose("test.nonsense")
}

/// Whatever is asked, the answer is JSON, no service breaks, and nothing happens because of nonsense.
@Suite("Nonsense at the API")
struct APINonsenseTests {
    /// Values that stand where others belong.
    private static let values = [
        "null", "true", "0", "-1", "1e400", "-0.0000000000000000000000000001", "99999999999999999999999999",
        #""""#, #""\u0000""#, #""\ud83d\ude00""#, "[]", "{}", "[[[[[]]]]]",
        String(repeating: "[", count: 5_000), String(repeating: #"{"a":"#, count: 5_000) + "1",
        "\"" + String(repeating: "x", count: 10_000) + "\"",
    ]

    private static let bodies = [
        #"{"orderId":"ORD-1","customerId":"C","customerEmail":"a@b","items":[{"productId":"PROD-001","name":"x","price":1,"quantity":2}]}"#,
        #"{"customerId":"C","productId":"PROD-001","quantity":2}"#, #"{"order_id":"1","number_of_items":3}"#,
        #"{"order_id":"1","status":"shipped"}"#, #"{"quantity":1}"#, #"{"days":7,"topic":"orders"}"#,
    ]

    private func endpoints(of blueprint: Blueprint) -> [(service: String, endpoint: Endpoint)] {
        blueprint.participants.flatMap { participant in
            OrderAPI.endpoints(of: participant.role, in: blueprint).map { (participant.name, $0) }
        }
    }

    private func isSound(_ response: Response) -> Bool {
        (200..<500).contains(response.status)
            && (try? JSONSerialization.jsonObject(with: Data(response.body))) is [String: Any]
    }

    @Test(arguments: [Blueprint.testShop, .testCart])
    func everyValueInEveryField(blueprint: Blueprint) {
        var bench = OrderBench(blueprint)
        for (service, endpoint) in endpoints(of: blueprint) {
            let path = endpoint.path.replacing(/:\w+/, with: "ORD-1")
            for body in Self.bodies {
                for field in body.matches(of: /:("[^"]*"|\d+)/) {
                    for value in Self.values {
                        let spoiled = body.replacingCharacters(in: field.range, with: ":" + value)
                        let response = bench.ask(service, endpoint.method, path, Array(spoiled.utf8))
                        #expect(isSound(response), "\(endpoint.method) \(path) \(spoiled.prefix(200))")
                    }
                }
            }
        }
    }

    @Test(arguments: [Blueprint.testShop, .testCart])
    func randomBytes(blueprint: Blueprint) {
        var bench = OrderBench(blueprint)
        let draws = Draws(seed: 4)
        let endpoints = endpoints(of: blueprint)
        for number in 0..<3_000 as Range<UInt64> {
            func draw(below count: Int, _ purpose: UInt64) -> Int {
                draws.index(below: count, .nonsense, number, purpose)
            }
            let (service, endpoint) = endpoints[draw(below: endpoints.count, 0)]
            var path = endpoint.path.replacing(/:\w+/, with: "ORD-1")
            for cut in 0..<draw(below: 3, 1) as Range<Int> {
                let alphabet = Array("/?&=%:ab0. +#é\u{0}")
                let place = path.index(path.startIndex, offsetBy: draw(below: path.count, 10 + UInt64(cut)))
                path.insert(alphabet[draw(below: alphabet.count, 20 + UInt64(cut))], at: place)
            }
            var body = Array(Self.bodies[draw(below: Self.bodies.count, 2)].utf8)
            for change in 0..<draw(below: 4, 3) as Range<Int> {
                body[draw(below: body.count, 30 + UInt64(change))] = UInt8(draw(below: 256, 40 + UInt64(change)))
            }
            let response = bench.ask(service, endpoint.method, path, body)
            #expect(isSound(response), "\(endpoint.method) \(path) \(String(decoding: body, as: UTF8.self))")
        }
        bench.pass(.seconds(5))
        for (service, endpoint) in endpoints where endpoint.method == .get {
            let path = endpoint.path.replacing(/:\w+/, with: "ORD-1")
            #expect(isSound(bench.ask(service, endpoint.method, path)), "\(path)")
        }
    }
}

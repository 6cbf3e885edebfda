import Harness
import Kafka
import Orders
import Services
import Simulation
import Testing

@testable import OrderTestbed

@Suite struct PoisonTests {
    private static let topics = ["orders", "inventory", "payments", "shipping"]
    /// What services say to each kind.
    private static let reasons: [PoisonKind: String] = [
        .truncatedJSON: "MalformedJSON", .wrongType: "WrongType", .unknownVersion: "UnknownVersion",
        .unknownEvent: "UnknownEvent", .missingField: "MissingField", .huge: "TooLarge", .notUTF8: "NotUTF8",
        .empty: "Empty",
    ]

    private func poison(_ kind: PoisonKind, _ topic: String, _ number: UInt64) -> Record? {
        OrderSystemUnderTest.inventoryFirst.poison(kind, for: topic, draws: Draws(seed: 9), number: number)
    }

    @Test(arguments: PoisonKind.allCases, topics) func `poison is refused for its own reason`(
        kind: PoisonKind, topic: String
    ) throws {
        for number in 0..<20 as Range<UInt64> {
            let record = try #require(poison(kind, topic, number))
            #expect(record.approximateSize < 1_000_000)
            do {
                _ = try EventCodec.inventoryFirst.decode(record)
                Issue.record("\(kind) for \(topic) can be read")
            } catch {
                #expect(error.kind == Self.reasons[kind], "\(error.message)")
            }
        }
    }

    @Test func `some poison has a key, some has none`() {
        let keys = (0..<100).map { poison(.wrongType, "orders", $0)?.key }
        #expect(keys.contains(nil) && keys.contains { $0 != nil })
    }

    @Test func `nobody reads dead letters`() { #expect(poison(.empty, "orders.dlq", 1) == nil) }
}

import Orders
import Services
import Testing

@Suite("Every interleaving ends shipped or cancelled, with money and stock right")
struct InterleavingTests {
    private struct Findings {
        var seeds: [String] = []
        var refunds = 0
        var types: [Int] = Array(repeating: 0, count: EventType.allCases.count)
    }

    #if DEBUG
        private static let seeds: UInt64 = 200
    #else
        private static let seeds: UInt64 = 20_000
    #endif

    private func explore(_ seeds: ClosedRange<UInt64>, _ options: Interleaving.Options) -> Findings {
        var findings = Findings()
        for seed in seeds {
            var run = Interleaving(seed: seed, options)
            let isQuiet = run.run()
            let violations = (isQuiet ? [] : ["does not come to rest"]) + run.violations()
            findings.seeds += violations.map { "seed \(seed): \($0)" }
            for event in run.log { findings.types[Int(event.type.rawValue)] += 1 }
            findings.refunds += run.refunds.count
        }
        return findings
    }

    @Test(arguments: [Blueprint.inventoryFirst, .shippingOnly, .paymentFirst, .parallel], [false, true])
    func holds(_ blueprint: Blueprint, shuffleTopics: Bool) {
        var options = Interleaving.Options()
        options.blueprint = blueprint
        options.shuffleTopics = shuffleTopics
        let findings = explore(1...Self.seeds, options)
        #expect(findings.seeds.isEmpty, "\(findings.seeds.count): \(findings.seeds.prefix(5))")
        // Every kind of event took part.
        #expect(
            Self.expected(of: blueprint, shuffleTopics: shuffleTopics).allSatisfy {
                findings.types[Int($0.rawValue)] > 0
            },
            "\(findings.types)")
        #expect(findings.refunds > 0 || blueprint.step(.charge) == nil)
    }

    /// Nobody here cancels single lines or sends parcels back.
    private static func expected(of blueprint: Blueprint, shuffleTopics: Bool) -> [EventType] {
        let types = blueprint.published.subtracting([
            .lineCancellationRequested, .lineCancelled, .lineCancellationRefused, .paymentPartlyRefunded,
            .returnRequested, .shipmentReturned, .inventoryRestocked,
        ])
        // Where the order service itself stops orders, nothing overtakes an order within its topic.
        let isInOrder = !shuffleTopics && blueprint.step(.ship) == nil
        return types.subtracting(isInOrder ? [.paymentVoided] : []).types
    }

    @Test func anInboxIsNeeded() {
        var options = Interleaving.Options()
        options.policies.deduplication = .none
        let findings = explore(1...100, options)
        for harm in ["charged 2 times", "refunded 2 times", "shipped 2 times", "still reserved"] {
            #expect(findings.seeds.contains { $0.contains(harm) }, "nothing was '\(harm)'")
        }
    }

    @Test func buffersAreNeeded() {
        var options = Interleaving.Options()
        options.outOfOrder = .ignore
        #expect(!explore(1...100, options).seeds.isEmpty)
    }

    @Test func everyRecordIsNeeded() {
        var options = Interleaving.Options()
        options.dropOneIn = 20
        #expect(!explore(1...50, options).seeds.isEmpty)
    }
}

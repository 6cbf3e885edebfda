import Harness
import LiveTestSupport
import Simulation
import Testing

@testable import LiveHarness

@Suite("Faults that are not made", .ownThread)
struct UnmadeFaultTests {
    private static let at = Instant.zero + .seconds(1)

    @Test("are counted by kind and reason, and rates of messages have no count")
    func list() {
        var unmade = UnmadeFaults()
        for _ in 0..<2 { unmade.add(.crashController(at: Self.at, for: .seconds(1)), because: "none") }
        unmade.add(.crashBroker(1, at: Self.at, for: .seconds(1), losing: .everything), because: "no disk")
        var rates = FaultRates()
        rates.lostRequests = 0.1
        unmade.add(untoldRates: rates)
        #expect(unmade.list.map(\.fault) == ["crash-controller", "crash-broker", "faults.lost-requests"])
        #expect(unmade.list.map(\.count) == [2, 1, nil])
    }

    @Test("of a plan are those that the run never came to")
    func plan() {
        let place = HandlingPlace(service: "order", topic: "orders", key: "a", number: 1)
        let never = FaultAction.store("order/1", transaction: 1_000, .failsBeforeCommit)
        let refused = FaultAction.crashController(at: Self.at, for: .zero)
        let made = FaultAction.killInstance("order/1", at: Self.at, restartAfter: .zero)
        var unmade = UnmadeFaults()
        unmade.add(refused, because: "none")
        unmade.add(
            planned: [never, refused, made, .failHandler(place, times: 3)],
            struck: [made, .failHandler(place, times: 1)])
        #expect(unmade.list.map(\.fault) == ["crash-controller", "store"])
    }

    @Test("an embedded broker refuses what it has not, and says why")
    func embedded() throws {
        let target = try EmbeddedTarget(Scenario(system: Idle()))
        let refused: [FaultAction] = [
            .crashController(at: Self.at, for: .zero), .addPartitions(topic: "a", total: 9, at: Self.at),
            .crashBroker(1, at: Self.at, for: .zero, losing: .unflushedTail),
            .partition(from: ["client"], to: ["order/1"], at: Self.at, for: .zero, oneWay: false),
        ]
        for fault in refused { #expect(target.refusal(of: fault) != nil, "\(fault)") }
        let made: [FaultAction] = [
            .crashBroker(1, at: Self.at, for: .zero, losing: .nothing),
            .killInstance("order/1", at: Self.at, restartAfter: .zero), .moveCoordinator(service: "a", at: Self.at),
        ]
        for fault in made { #expect(target.refusal(of: fault) == nil, "\(fault)") }
    }

    @Test("a rate takes no more brokers than it may, a plan all that it names, and nobody one that is down")
    func brokersDown() throws {
        let target = try EmbeddedTarget(Scenario(system: Idle()))
        func crash(_ broker: Int, isDrawn: Bool) throws -> String? {
            try target.begin(.crashBroker(broker, at: Self.at, for: .zero, losing: .nothing), isDrawn: isDrawn)
        }
        #expect(try crash(1, isDrawn: true) == nil)
        #expect(try crash(2, isDrawn: true)?.contains("faults.brokers-down-at-once: 1") == true)
        #expect(try crash(2, isDrawn: false) == nil)
        #expect(try crash(2, isDrawn: false) == "the broker was down already")
        target.end(.crashBroker(2, at: Self.at, for: .zero, losing: .nothing))
        #expect(try crash(2, isDrawn: false) == nil)
    }

    @Test("a scenario that needs transactions is not run on an embedded broker")
    func needs() throws {
        var system = Idle()
        system.policies.publishing = .transactional
        let scenario = Scenario(system: system)
        #expect(try EmbeddedTarget(scenario).unmetNeeds(of: scenario).count == 1)
        #expect(try EmbeddedTarget(scenario).unmetNeeds(of: Scenario(system: Idle())).isEmpty)
        let options = LiveOptions(target: .embedded, brokers: "", store: "sqlite:/nowhere", worker: ("/nowhere", []))
        let result = try LiveRunner.run(scenario, file: "idle.yaml", seed: 1, options: options)
        #expect(result.verdict == .inconclusive)
        #expect(result.unmetNeeds.count == 1)
    }
}

import Harness
import Services
import Simulation
import Testing
import VirtualKafka

@Suite("Scenarios written down")
struct ScenarioFileRoundTripTests {
    @Test("What is written is read back exactly")
    func roundTrip() throws {
        for seed in UInt64(1)...300 {
            let scenario = DrawnScenario(seed: seed).scenario
            let text = ScenarioFile.write(scenario, seed: seed.isMultiple(of: 3) ? nil : seed &* 0x9e37_79b9_7f4a_7c15)
            let again = try parse(text, file: "other.yaml")
            #expect(again.name == scenario.name)
            #expect(again.purpose == scenario.purpose)
            #expect(again.seed == (seed.isMultiple(of: 3) ? nil : seed &* 0x9e37_79b9_7f4a_7c15))
            #expect(again.cluster == scenario.cluster)
            #expect(again.clients.map(\.name) == scenario.clients.map(\.name))
            #expect(again.clients.map(\.value) == scenario.clients.map(\.value))
            #expect(again.instances.map(\.service) == scenario.instances.map(\.service))
            #expect(again.instances.map(\.count) == scenario.instances.map(\.count))
            #expect(again.timing == scenario.timing)
            #expect(again.rates == scenario.rates)
            #expect(again.plan == scenario.plan)
            #expect(again.system as? OptionsOnlySystem == scenario.system as? OptionsOnlySystem)
        }
    }

    @Test("A file holds what differs from the defaults, and reads well")
    func appearance() {
        var scenario = Scenario(system: OptionsOnlySystem())
        scenario.name = "late: answers"
        scenario.purpose = "The provider answers late."
        scenario.cluster.brokers = 5
        scenario.rates.spikeDelay = .milliseconds(1)...(.milliseconds(1))
        scenario.clients = [("linger.ms", "5"), ("acks", "all")]
        scenario.plan = [
            .crashBroker(2, at: .zero + .milliseconds(2400), for: .milliseconds(800), losing: .unflushedTail),
            .partition(from: ["broker 1"], to: ["payment/1"], at: .zero, for: .seconds(1), oneWay: false),
        ]
        #expect(
            ScenarioFile.write(scenario, seed: 7) == """
                purpose: The provider answers late.
                name: "late: answers"
                seed: 7
                cluster:
                  brokers: 5
                clients:
                  linger.ms: 5
                  acks: all
                faults:
                  spike-delay: 1ms
                plan:
                  - crash-broker: {broker: 2, at: 2.4s, for: 800ms, losing: unflushed-tail}
                  - partition: {from: [broker 1], to: [payment/1], at: 0s, for: 1s}

                """)
    }
}

/// A scenario of which every part is drawn.
private struct DrawnScenario {
    private static let purpose = Purpose("a drawn scenario")
    private let draws: Draws
    private var count: UInt64 = 0
    private(set) var scenario = Scenario(system: OptionsOnlySystem())

    init(seed: UInt64) {
        draws = Draws(seed: seed)
        scenario.name = "x" + text()
        scenario.purpose = text()
        scenario.cluster.brokers = integer(3...9)
        scenario.cluster.replicationFactor = integer(2...3)
        scenario.cluster.latency = range()
        scenario.clients = [("linger.ms", "\(integer(0...99))"), ("client.id", text())].filter { $0.value != "" }
        scenario.instances = [("order", integer(2...9)), ("payment", integer(2...9))]
        scenario.timing.settleLimit = .seconds(180) + duration()
        scenario.rates.until = .seconds(20) + duration()
        scenario.rates.lostRequests = probability()
        scenario.rates.duplicateRecords = probability()
        scenario.rates.handlerFailures = probability()
        scenario.rates.poisonRate = probability() * 1000
        scenario.rates.storeDelay = range()
        var system = OptionsOnlySystem()
        system.deduplication = one(of: Deduplication.allCases)
        system.workload.rate = probability() * 1_000_000
        system.workload.lines = 1...integer(1...8)
        system.stockFactor = probability()
        scenario.system = system
        for _ in 0..<integer(0...12) { scenario.plan.append(action()) }
    }

    private mutating func bits() -> UInt64 {
        count += 1
        return draws.bits(Self.purpose, count)
    }

    private mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(bits() % UInt64(range.count))
    }

    private mutating func one<Element>(of elements: [Element]) -> Element { elements[integer(0...elements.count - 1)] }

    /// Of every magnitude, from nanoseconds to hours.
    private mutating func duration() -> Duration { Duration(nanoseconds: Int64(bits() >> UInt64(integer(24...63)))) }

    private mutating func range() -> ClosedRange<Duration> {
        let low = Duration(nanoseconds: Int64(bits() >> 40))
        return low...(low + Duration(nanoseconds: Int64(bits() >> UInt64(integer(40...63)))))
    }

    private mutating func probability() -> Double {
        let unit = Double(bits() >> 11) * 0x1p-53
        return one(of: [0, 1, unit, unit * unit * unit * unit, 1e-7])
    }

    private mutating func text() -> String {
        let texts = [
            "calm", "", "null", "~", "12", "true", "yes", "a: b", "- a", "#x", "[x]", "{", "'", "\"", "\\", " x ", "x ",
            "two\nlines\r\n", "tab\there", "\u{0}\u{7}\u{1b}", "ünïcødé 🚀", "\u{2028}\u{feff}\u{85}", "*a", "&a", "!t",
            "%d", "@x", "`x`", "x, y", "1e5", "0x1f", "2001-12-14", ".inf", "-1", "=", "<<", "? x", "| x", "> x",
        ]
        return one(of: texts)
    }

    private mutating func action() -> FaultAction {
        let at = Instant.zero + duration()
        let time = duration()
        let machines = ["payment/1", "order/2", "broker 3", "client", "provider", "stranger"]
        let place = MessagePlace(from: one(of: machines), to: one(of: machines), number: UInt32(bits() >> 32))
        let record = RecordPlace(topic: one(of: ["orders", "orders_dlq"]), key: text(), number: integer(1...99))
        let call = CallPlace(service: "payment", subject: Identifier(literal: "{#:,&*!|>"), number: integer(1...9))
        let stores: [StoreFate] = [.failsBeforeCommit, .failsAfterCommit, .conflict, .slow(by: time)]
        let request = MessagePlace(from: "payment/1", to: one(of: machines), number: UInt32(bits() >> 32))
        let error = Duration(nanoseconds: duration().nanoseconds * (integer(0...1) == 1 ? -1 : 1))
        let providers: [ProviderFate] = [
            .unavailable, .lost, .answerLost, .late(by: time), .declined, .answersTwice,
        ]
        return one(of: [
            .crashBroker(integer(1...3), at: at, for: time, losing: one(of: DiskLoss.allCases)),
            .crashController(at: at, for: time), .slowDisk(integer(1...3), at: at, for: time, factor: integer(1...99)),
            .moveLeader(topic: "orders", partition: 0, to: integer(1...3), at: at),
            .addPartitions(topic: "orders", total: integer(9...99), at: at),
            .moveCoordinator(service: "payment", at: at), .freezeInstance("order/1", at: at, for: time),
            .stallConsumer("order/2", at: at, for: time), .rebalanceStorm(service: "payment", at: at, for: time),
            .partition(from: [one(of: machines)], to: machines, at: at, for: time, oneWay: integer(0...1) == 1),
            .slowLink(
                from: machines, to: [one(of: machines)], by: time, at: at, for: duration(), oneWay: integer(0...1) == 1),
            .loseMessage(place), .delayMessage(place, by: time), .duplicateMessage(request),
            .pauseBroker(integer(1...3), at: at, for: time), .electUnclean(topic: "orders", partition: 2, at: at),
            .scale(service: "order", to: integer(0...9), at: at, for: time),
            .skewClock("payment/2", by: error, at: at, for: time), .fullDisk(service: "payment", at: at, for: time),
            .dropRecord(record, after: time),
            .duplicateRecord(record, after: time), .delayRecord(record, by: time), .reorderRecord(record, by: time),
            .poison(one(of: PoisonKind.allCases), topic: "orders", at: at, number: bits()),
            .crashInstance("order/1", beforeEffect: bits(), restartAfter: time),
            .killInstance("order/1", at: at, restartAfter: time), .redriveDeadLetters(topic: "orders_dlq", at: at),
            .failHandler(
                HandlingPlace(service: "order", topic: record.topic, key: record.key, number: record.number),
                times: integer(1...9)),
            .store("payment/2", transaction: bits(), one(of: stores)),
            .provider(call, one(of: providers)),
            .providerOutage(service: "payment", at: at, for: time),
        ])
    }
}

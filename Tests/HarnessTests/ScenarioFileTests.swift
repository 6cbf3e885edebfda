import Harness
import Services
import Simulation
import Testing

/// Reads a scenario of the test's system.
func parse(
    _ text: String, file: String = "x.yaml", set overrides: [(key: String, value: String)] = []
) throws(InvalidScenario) -> Scenario {
    try ScenarioFile.parse(text: text, file: file, system: OptionsOnlySystem.self, overrides: overrides)
}

/// The lines that a faulty file is answered with.
func errors(_ text: String, set overrides: [(key: String, value: String)] = []) -> [String] {
    do throws(InvalidScenario) {
        _ = try parse(text, set: overrides)
        return []
    } catch {
        return error.errors.map(\.description)
    }
}

@Suite("Scenario files")
struct ScenarioFileTests {
    @Test("A file says what runs, and the rest is default")
    func reading() throws {
        let scenario = try parse(
            """
            # yaml-language-server: $schema=scenario.schema.json
            purpose: A broker dies between the reservation and the payment; nothing may be lost.
            cluster: {brokers: 5, min-insync-replicas: 2, latency: 100us..1.5ms}
            clients: {linger.ms: 5, acks: all}
            services: {order: 3}
            timing:
              transaction: [500us, 2ms]
              settle-limit: 3min
            policies: {deduplication: none}
            workload: {orders: 12, rate: 3/min, lines: 2..4}
            faults: {from: 1s, until: 20s, duplicate-records: 0.05, poison-rate: 0.2/s, spike-delay: 80ms}
            plan:
              - crash-broker: {broker: 2, at: 2.4s, for: 800ms, losing: unflushed-tail}
              - lose-message: {from: payment/1, to: broker 2, number: 42}
              - provider: {service: payment, subject: ORD-00000007, number: 1, fate: late, by: 4s}
            """, file: "scenarios/broker-loss.yaml")
        #expect(scenario.name == "broker-loss")
        #expect(scenario.purpose.hasSuffix("nothing may be lost."))
        #expect(scenario.cluster.brokers == 5)
        #expect(scenario.cluster.replicationFactor == 3)
        #expect(scenario.cluster.latency == .microseconds(100)...(.microseconds(1500)))
        #expect(scenario.clients.map(\.name) == ["linger.ms", "acks"])
        #expect(scenario.clients.map(\.value) == ["5", "all"])
        #expect(scenario.instances.map(\.service) == ["order"])
        #expect(scenario.instances.map(\.count) == [3])
        #expect(scenario.timing.transaction == .microseconds(500)...(.milliseconds(2)))
        #expect(scenario.timing.settleLimit == .seconds(180))
        #expect(scenario.rates.duplicateRecords == 0.05)
        #expect(scenario.rates.spikeDelay == .milliseconds(80)...(.milliseconds(80)))
        #expect(scenario.seed == nil)
        let system = try #require(scenario.system as? OptionsOnlySystem)
        #expect(system.deduplication == .none)
        #expect(system.workload == .init(orders: 12, rate: 0.05, lines: 2...4))
        #expect(
            scenario.plan == [
                .crashBroker(
                    2, at: Instant(nanoseconds: 2_400_000_000), for: .milliseconds(800), losing: .unflushedTail),
                .loseMessage(MessagePlace(from: "payment/1", to: "broker 2", number: 42)),
                .provider(
                    CallPlace(service: "payment", subject: Identifier(literal: "ORD-00000007"), number: 1),
                    .late(by: .seconds(4))),
            ])
    }

    @Test("Sections and lists without content mean nothing")
    func emptySections() throws {
        let scenario = try parse("purpose: Calm.\ncluster:\nplan:\nclients:\n")
        #expect(scenario.plan.isEmpty && scenario.cluster == ClusterOptions())
    }

    @Test(
        "Lengths of time are exact",
        arguments: [
            ("0s", 0), ("7ns", 7), ("15us", 15_000), ("15µs", 15_000), ("800ms", 800_000_000), ("2.4s", 2_400_000_000),
            ("2min", 120_000_000_000), ("1.5h", 5_400_000_000_000), ("1.000000001s", 1_000_000_001),
            ("0.10ms", 100_000), ("2.0ns", 2), ("3 s", 3_000_000_000),
        ])
    func durations(_ spelling: String, _ nanoseconds: Int64) throws {
        let scenario = try parse("plan: [{crash-controller: {at: \(spelling), for: 1s}}]")
        #expect(scenario.plan == [.crashController(at: Instant(nanoseconds: nanoseconds), for: .seconds(1))])
    }

    @Test("Overrides go over the file, and are held to the same rules")
    func overrides() throws {
        let text = "faults: {duplicate-records: 0.1}\nclients: {acks: all}\n"
        let scenario = try parse(
            text,
            set: [
                ("faults.duplicate-records", "0.2"), ("policies.deduplication", "memory"), ("purpose", "a: [b"),
                ("clients.linger.ms", "7"), ("services.order", "4"), ("cluster.latency", "1ms..2ms"),
                ("plan", "[{crash-controller: {at: 1s, for: 2s}}]"), ("seed", "18446744073709551615"),
            ])
        #expect(scenario.rates.duplicateRecords == 0.2)
        #expect((scenario.system as? OptionsOnlySystem)?.deduplication == .memory)
        #expect(scenario.purpose == "a: [b")
        #expect(scenario.clients.map(\.name) == ["acks", "linger.ms"])
        #expect(scenario.instances.map(\.count) == [4])
        #expect(scenario.cluster.latency.upperBound == .milliseconds(2))
        #expect(scenario.plan.count == 1)
        #expect(scenario.seed == .max)
    }

    @Test(
        "Wrong overrides name themselves",
        arguments: [
            (
                "polices.deduplication", "none",
                "unknown key 'polices.deduplication' – did you mean 'policies.deduplication'?"
            ),
            ("deduplication", "none", "unknown key 'deduplication' – did you mean 'policies.deduplication'?"),
            ("workload.rate", "-1", "a rate cannot be negative, found -1"),
            ("workload.rate.x", "1", "'workload.rate' has no keys below it"),
            ("cluster.brokers", "", "expected a whole number from 1 to 9, found nothing"),
            ("plan", "[", "invalid YAML: did not find expected node content"),
        ])
    func wrongOverrides(_ key: String, _ value: String, _ message: String) {
        #expect(errors("{}", set: [(key, value)]) == ["--set \(key)=\(value): \(message)"])
    }

    @Test("A missing file and a directory are refused")
    func missingFiles() {
        for (path, message) in [("/nowhere/x.yaml", "there is no such file"), ("/", "is a directory, not a file")] {
            #expect(throws: InvalidScenario([ScenarioError(file: path, message: message)])) {
                try ScenarioFile.load(path: path, system: OptionsOnlySystem.self)
            }
        }
    }
}

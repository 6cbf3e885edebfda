import Harness
import Kafka
import Services
import Simulation

/// Who takes part in a run: the same in the run's own process and in those of its instances.
struct LiveCast: Sendable {
    /// An instance: `payment/1`.
    struct Member: Sendable {
        let name: String
        /// Which kind of service, by its place.
        let service: Int
        /// From 1.
        let number: Int32
    }

    let topics: TopicTable
    /// How many partitions each topic has at first, by number.
    let partitions: [Int]
    let services: [any Service]
    let members: [Member]

    init(_ scenario: Scenario) {
        var table = TopicTable()
        var partitions: [Int] = []
        for topic in scenario.system.topics {
            _ = table.intern(topic.name)
            partitions.append(topic.partitions)
        }
        topics = table
        self.partitions = partitions
        services = scenario.system.services(topics: table)
        members = services.enumerated().flatMap { index, service in
            let count = scenario.instances.first { $0.service == service.name }?.count ?? 2
            return (1...max(1, count)).map {
                Member(name: "\(service.name)/\($0)", service: index, number: Int32($0))
            }
        }
    }

    /// What there is for faults to strike.
    func faultCast(of scenario: Scenario) -> FaultCast {
        let read = services.flatMap(\.subscriptions).reduce(into: [TopicID]()) { topics, topic in
            if !topics.contains(topic) { topics.append(topic) }
        }
        return FaultCast(
            brokers: scenario.cluster.brokers, instances: members.map(\.name), services: services.map(\.name),
            topics: read.map { (topics.name(of: $0), partitions[Int($0.rawValue)]) }, callers: scenario.system.callers)
    }

    /// The faults of a run: the same that the simulator draws for the seed, where they have their time.
    func faults(of scenario: Scenario, seed: UInt64) -> FaultInjector {
        var faults = FaultInjector(
            rates: scenario.rates, plan: scenario.plan, draws: Draws(seed: seed).substream(.faults))
        faults.prepare(for: faultCast(of: scenario))
        return faults
    }
}

/// How the leader of a consumer group distributes partitions (`partition.assignment.strategy`).
public enum AssignmentStrategy: String, CaseIterable, Sendable {
    /// Each topic in ranges over its subscribers.
    case range
    /// All partitions of all topics dealt out one by one.
    case roundRobin = "roundrobin"
    /// As balanced as possible, with as few moves as possible, and only what moves is given up (KIP-429).
    case cooperativeSticky = "cooperative-sticky"

    /// Whether members keep during a rebalance what they will have after it.
    public var isCooperative: Bool { self == .cooperativeSticky }
}

extension ClientProperties {
    /// In order of preference.
    public var assignmentStrategies: [AssignmentStrategy] {
        strategyNames.compactMap { AssignmentStrategy(rawValue: $0) }
    }

    private var strategyNames: [String] {
        text("partition.assignment.strategy").split(separator: ",").map { name in
            String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// What librdkafka's `rd_kafka_assignors_init` refuses.
    func checkAssignmentStrategies() throws(PropertyError) {
        let strategies = assignmentStrategies
        guard !strategies.isEmpty, strategies.count == strategyNames.count else {
            throw .illTyped(
                name: "partition.assignment.strategy", value: text("partition.assignment.strategy"),
                expected: AssignmentStrategy.allCases.map(\.rawValue).joined(separator: ", ")
                    + ", or several of them separated by commas")
        }
        guard strategies.allSatisfy({ $0.isCooperative == strategies[0].isCooperative }) else {
            throw .conflict(
                "partition.assignment.strategy cannot mix cooperative-sticky with others: a group rebalances either way."
            )
        }
    }
}

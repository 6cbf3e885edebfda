import Harness
import Simulation

extension OrderSystemUnderTest {
    /// The keys that are about replays, and about customers whom a fraud check notices.
    static var replayFields: [Field<OrderSystemUnderTest>] {
        [
            .probability(
                "workload.suspicious-customers", \.workload.suspiciousCustomers,
                "How many orders come from three customers who order a lot."),
            .integer("workload.replays", \.workload.replays.count, in: 0...1_000, "How often a replay is asked for."),
            .durationRange(
                "workload.replay-delay", \.workload.replays.delay, "From the beginning of the run to a replay."),
            .integer("workload.replay-days", \.workload.replays.days, in: 1...3_650, "How many days are replayed."),
            .text(
                "workload.replay-topic", \.workload.replays.topic,
                "The topic to which orders are replayed; empty for the one that the blueprint has for it."),
            .integer(
                "replay.portion", \.replayPortion, in: 1...1_000_000, "How many orders are replayed in one transaction."
            ),
        ]
    }
}

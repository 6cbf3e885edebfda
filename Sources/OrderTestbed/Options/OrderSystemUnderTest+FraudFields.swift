import Harness
import Orders
import Simulation

extension OrderSystemUnderTest {
    /// The keys that are about fraud and about replays.
    static var fraudFields: [Field<OrderSystemUnderTest>] {
        [
            .duration("fraud.window", \.fraudLimits.window, "How far back a customer's orders count."),
            .integer(
                "fraud.orders", \.fraudLimits.ordersAsInt, in: 0...1_000_000_000,
                "The most orders that a customer may place in the window."),
            .integer(
                "fraud.amount", \.fraudLimits.amountAsInt, in: 0...1_000_000_000_000,
                "The most that a customer's orders may come to in the window, in minor units (cents)."),
            .integer(
                "fraud.single-amount", \.fraudLimits.singleAmountAsInt, in: 0...1_000_000_000_000,
                "The most that one order may come to, in minor units (cents)."),
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

extension FraudLimits {
    fileprivate var ordersAsInt: Int {
        get { Int(orders) }
        set { orders = Int32(clamping: newValue) }
    }

    fileprivate var amountAsInt: Int {
        get { Int(amount) }
        set { amount = Int64(newValue) }
    }

    fileprivate var singleAmountAsInt: Int {
        get { Int(singleAmount) }
        set { singleAmount = Int64(newValue) }
    }
}

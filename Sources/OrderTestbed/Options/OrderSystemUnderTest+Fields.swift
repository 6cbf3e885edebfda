import Harness
import Orders
import Services
import Simulation

extension OrderSystemUnderTest {
    /// The order system's own keys of a scenario file.
    public static var fields: [Field<OrderSystemUnderTest>] {
        systemFields + timeFields + policyFields + workloadFields + clientFields + providerFields + replayFields
    }

    private static var systemFields: [Field<OrderSystemUnderTest>] {
        [
            Field("blueprint", \.blueprint, BlueprintFile.format, "Which services take part, and what triggers what."),
            Field(
                "profile", \.profile, .text,
                "Which of the blueprint's lists of choices holds where the scenario says nothing: `hardened`, "
                    + "`as-written`, or another that it has."),
            Field(
                "partitions", \.partitions, Format.integer(in: 1...1_000).optional,
                "Partitions of each topic, dead-letter topics aside; as the blueprint says where nothing is said."),
            .duration(
                "analytics.day-start", \.dayStart, "How long after midnight UTC a day of the daily figures begins."),
            .number(
                "stock.factor", \.stock.factor, in: 0...1_000_000, "Multiplies the stock of every product."),
        ]
    }

    private static var timeFields: [Field<OrderSystemUnderTest>] {
        [
            .duration("saga.timeout", \.sagaTimeout, "How long an order may take before it is cancelled."),
            .duration(
                "reservation.time", \.reservationTime,
                "How long goods wait for their parcel before 'policies.reservation-expiry' says what happens."),
            Field(
                "cancellation.grace-period", \.gracePeriod,
                Format.duration(in: .zero...(.seconds(1_000_000))).optional,
                "How long after its creation a customer may cancel an order; as long as it can be stopped, where "
                    + "nothing is said."),
            .duration("shipping.handling-time", \.handlingTime, "From payment to the parcel's departure."),
            .duration("shipping.transit-time", \.transitTime, "How long a parcel travels, to the customer or back."),
            .duration("fraud.window", \.fraudLimits.window, "How far back a customer's orders count."),
            Field(
                "fraud.orders", Format.integer(in: 1...1_000_000), "The most orders of a customer in the window.",
                get: { Int($0.fraudLimits.orders) }, set: { $0.fraudLimits.orders = Int32($1) }),
            Field(
                "fraud.amount", Format.integer(in: 0...1_000_000_000_000),
                "The most money of a customer in the window, in cents.", get: { Int($0.fraudLimits.amount) },
                set: { $0.fraudLimits.amount = Int64($1) }),
            Field(
                "fraud.single-amount", Format.integer(in: 0...1_000_000_000_000),
                "The most that a single order may come to, in cents.", get: { Int($0.fraudLimits.singleAmount) },
                set: { $0.fraudLimits.singleAmount = Int64($1) }),
        ]
    }

    private static var policyFields: [Field<OrderSystemUnderTest>] {
        [
            .choice(
                "policies.deduplication", \.policies.deduplication,
                "How a service recognises an event that it has processed before."),
            .choice("policies.publishing", \.policies.publishing, "How an event gets from the store to Kafka."),
            .choice(
                "policies.offset-commit", \.policies.offsetCommit,
                "When a consumer commits the offset of what it has read."),
            .choice(
                "policies.poison", \.policies.poison, "What happens to a record with which nothing can ever be done."),
            .choice(
                "policies.retry", \.policies.retry,
                "What happens to a record whose handler fails for a reason that may pass."),
            .integer(
                "policies.retry-topic-count", \.policies.retryTopicCount, in: 1...9,
                "How many retry topics each topic has when retries go through topics."),
            .choice(
                "policies.out-of-order", \.outOfOrder,
                "What happens to an event that arrives before one that it depends on."),
            .choice("policies.compensation", \.compensation, "How steps are taken back when an order fails."),
            .choice(
                "policies.reservation-expiry", \.reservationExpiry,
                "What happens when goods have been reserved for too long."),
            .choice(
                "policies.provider-timeout", \.policies.providerTimeout,
                "What happens when the payment provider does not answer in time."),
            .choice(
                "policies.circuit-breaker", \.policies.circuitBreaking,
                "Whether calls to the payment provider stop for a while when it does not answer."),
            .choice("policies.state", \.policies.state, "Where a service keeps what it knows."),
        ]
    }

    private static var workloadFields: [Field<OrderSystemUnderTest>] {
        [
            .integer("workload.orders", \.workload.orders, in: 1...1_000_000, "How many orders are placed."),
            Field(
                "workload.only", \.workload.only,
                .list(of: .integer(in: 1...1_000_000), "a list of the numbers of orders, from 1"),
                "Which of these orders are placed, each as it was among all; all of them where none is given."),
            .rate("workload.rate", \.workload.rate, in: 0.001...1_000_000, "Orders a second, on average."),
            .choice("workload.arrivals", \.workload.arrivals, "How orders arrive."),
            .integer(
                "workload.burst-size", \.workload.burstSize, in: 1...1_000_000,
                "How many orders come at one moment when they come in bursts."),
            .integer("workload.customers", \.workload.customers, in: 1...999_999, "How many customers there are."),
            .integerRange("workload.lines", \.workload.lines, in: 1...20, "Lines of an order, no product in two."),
            .integerRange("workload.quantity", \.workload.quantity, in: 1...1_000, "Pieces of one line."),
            .choice("workload.popularity", \.workload.popularity, "How customers choose among the products."),
            .choice("workload.order-ids", \.workload.orderIDs, "Who gives orders their ids."),
            .probability(
                "workload.scarce-products", \.workload.scarceProducts,
                "How many orders want one of the two scarcest products."),
            .probability(
                "workload.declined-cards", \.workload.declinedCards,
                "How many orders are paid with a card that is declined."),
        ]
    }

    private static var clientFields: [Field<OrderSystemUnderTest>] {
        [
            .probability(
                "workload.cancellations", \.workload.cancellations, "How many orders their customers cancel."),
            .durationRange(
                "workload.cancellation-delay", \.workload.cancellationDelay,
                "From the acknowledgement of an order to its cancellation; short delays are as likely as long ones."),
            .probability(
                "workload.double-cancels", \.workload.doubleCancels,
                "How many of those who cancel an order cancel it again, with another idempotency key."),
            .probability(
                "workload.line-cancellations", \.workload.lineCancellations,
                "Of how many orders the customer cancels some pieces of one line, after the same delay."),
            .probability(
                "workload.returns", \.workload.returns, "How many orders are sent back when they have arrived."),
            .probability(
                "workload.looks", \.workload.looks,
                "How many customers look at their order, up to ten times while it is under way."),
            .probability(
                "workload.status-updates", \.workload.statusUpdates,
                "Of how many orders the status is set by hand, three times, where the blueprint has it so."),
            .probability(
                "workload.repeated-requests", \.workload.repeatedRequests,
                "How many orders are sent a second time with the same idempotency key."),
            .durationRange(
                "workload.repeat-delay", \.workload.repeatDelay, "From an order to its repetition."),
            .probability(
                "workload.keyless-requests", \.workload.keylessRequests,
                "How many customers send their orders, repetitions and cancellations without an idempotency key."),
            .probability(
                "workload.nonsense-requests", \.workload.nonsenseRequests,
                "Beside how many orders a request arrives that makes no sense."),
            .duration(
                "workload.request-timeout", \.workload.requestTimeout,
                "How long a client waits for an answer before it asks again."),
            .duration(
                "workload.patience", \.workload.patience, "How long a client goes on asking before it gives up."),
        ]
    }

    private static var providerFields: [Field<OrderSystemUnderTest>] {
        [
            .durationRange(
                "provider.latency", \.provider.latency, "From a call of a provider to its answer."),
            .probability(
                "provider.unreachable-customers", \.provider.unreachableCustomers,
                "How many customers have no address for a channel of notifications."),
        ]
    }
}

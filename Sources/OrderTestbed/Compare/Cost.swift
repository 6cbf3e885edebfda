/// What a design can cost whoever runs it, or their customers. The worst comes first.
public enum Cost: String, CaseIterable, Sendable {
    case chargedTwice = "charged-twice"
    case shippedTwice = "shipped-twice"
    case wrongSum = "wrong-sum"
    case oversold
    case forgotten = "accepted-and-forgotten"
    case unfinished = "never-finished"
    case notUndone = "not-undone"
    case orderedTwice = "ordered-twice"
    case toldTwice = "told-twice"
    case neverTold = "never-told"
    case figuresWrong = "figures-wrong"
    case productsMiscounted = "products-miscounted"
    case disagreement
    case impossibleStory = "impossible-story"
    case skippedEvents = "events-skipped"
    case soundThrownAway = "sound-events-thrown-away"
    case badNotKept = "bad-records-not-kept"
    case recordsLost = "records-lost"
    case nonsenseAccepted = "nonsense-accepted"
    case neverAtRest = "never-at-rest"
    case clusterBroken = "cluster-broken"
    /// An invariant that this table does not know.
    case other

    /// What is counted.
    public enum Unit: String, Sendable {
        case order, product, record, request, run, figure
    }
}

extension Cost {
    /// What a violation of a checker's invariant costs.
    public init(checker: String) {
        self = Self.allCases.first { $0.checkers.contains(checker) } ?? .other
    }

    /// The checkers that see it.
    var checkers: [String] {
        switch self {
        case .chargedTwice: ["charged-at-most-once"]
        case .shippedTwice: ["shipped-at-most-once"]
        case .wrongSum: ["money-conserved"]
        case .oversold: ["no-oversell"]
        case .forgotten: ["acknowledged-means-durable"]
        case .unfinished: ["no-lost-order"]
        case .notUndone:
            ["compensation-complete", "line-cancellations-settled", "returns-complete", "reservations-end"]
        case .orderedTwice: ["idempotent-api"]
        case .toldTwice: ["notified-at-most-once"]
        case .neverTold: ["notified-at-last"]
        case .figuresWrong: ["analytics-agree"]
        case .productsMiscounted: ["stock-conserved"]
        case .disagreement:
            ["state-equals-folded-log", "orders-rebuilt", "events-match-contract", "fraud-decisions-explained"]
        case .impossibleStory:
            [
                "legal-transitions", "per-order-event-order", "causality-closed", "reads-never-go-back",
                "status-updates-in-order", "replay-without-side-effects",
            ]
        case .skippedEvents: ["offsets-never-pass-unprocessed"]
        case .soundThrownAway: ["nothing-valid-dead-lettered"]
        case .badNotKept: ["poison-dead-lettered-once"]
        case .recordsLost: ["no-acknowledged-record-lost"]
        case .nonsenseAccepted: ["nonsense-refused"]
        case .neverAtRest: ["quiescent"]
        case .clusterBroken: ["cluster-invariants"]
        case .other: []
        }
    }

    /// Whether a customer, or the shop's till, comes to harm; otherwise only the books are wrong.
    public var isHarm: Bool {
        switch self {
        case .chargedTwice, .shippedTwice, .wrongSum, .oversold, .forgotten, .unfinished, .notUndone, .orderedTwice:
            true
        default: false
        }
    }

    /// What is counted.
    public var unit: Unit {
        switch self {
        case .productsMiscounted: .product
        case .badNotKept, .recordsLost: .record
        case .nonsenseAccepted: .request
        case .figuresWrong: .figure
        case .neverAtRest, .clusterBroken: .run
        default: .order
        }
    }

    /// What follows a number: `charged twice`.
    public var label: String {
        switch self {
        case .chargedTwice: "charged twice"
        case .shippedTwice: "shipped twice"
        case .wrongSum: "paid wrongly"
        case .oversold: "oversold"
        case .forgotten: "accepted, then forgotten"
        case .unfinished: "never finished"
        case .notUndone: "cancelled by half"
        case .orderedTwice: "ordered twice"
        case .toldTwice: "told of twice"
        case .neverTold: "never told of"
        case .figuresWrong: "days or statuses counted wrongly"
        case .productsMiscounted: "products miscounted"
        case .disagreement: "told differently by different services"
        case .impossibleStory: "with an impossible story"
        case .skippedEvents: "with events skipped"
        case .soundThrownAway: "with sound events thrown away"
        case .badNotKept: "unreadable records without a trace"
        case .recordsLost: "records lost by Kafka"
        case .nonsenseAccepted: "senseless requests accepted"
        case .neverAtRest: "runs that never came to rest"
        case .clusterBroken: "runs in which Kafka broke its promises"
        case .other: "with another invariant broken"
        }
    }

    /// What that means, in a sentence.
    public var meaning: String {
        switch self {
        case .chargedTwice: "The customer's card was charged more than once for one order."
        case .shippedTwice: "More than one parcel left for one order."
        case .wrongSum:
            "The order was shipped without being paid for exactly, or was cancelled and the money did not come back. "
                + "Orders that were charged twice are not counted again."
        case .oversold: "Goods were promised to the order that had been promised to others already."
        case .forgotten:
            "The customer was told that the order, or its cancellation, was accepted, and nobody carried it out."
        case .unfinished: "The order was neither shipped nor cancelled, long after the faults had ended."
        case .notUndone:
            "The order, or a part of it, was cancelled or sent back, and its goods, its payment or its parcel were not "
                + "dealt with."
        case .orderedTwice: "One request that was sent twice became two orders, or got two different answers."
        case .toldTwice: "The customer was told the same thing about the order twice by the same channel."
        case .neverTold: "The customer was not told something about the order, and no record says why."
        case .figuresWrong: "The daily figures, or the numbers of orders by status, are not what happened."
        case .productsMiscounted: "What the warehouse counts of a product is not what there is."
        case .disagreement: "What a service has in its database is not what the events in Kafka come to."
        case .impossibleStory:
            "The order's events exclude each other, lack what they follow from, or stand or are shown in the wrong order."
        case .skippedEvents: "A service went on past an event of the order without processing it."
        case .soundThrownAway: "An event with which nothing was wrong ended in a dead-letter topic."
        case .badNotKept: "A record that nobody can read is not in the dead-letter topic, where people would find it."
        case .recordsLost: "Kafka said that it had a record, and later did not have it."
        case .nonsenseAccepted: "A request that makes no sense was not refused."
        case .neverAtRest: "Minutes after the faults had ended, something was still waiting for something."
        case .clusterBroken: "The simulated Kafka cluster broke a promise that it gives."
        case .other: "An invariant was broken that is not counted by itself."
        }
    }
}

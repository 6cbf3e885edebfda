import Simulation

/// How orders arrive.
public enum ArrivalProcess: String, CaseIterable, Sendable {
    /// Independently of each other: exponential gaps.
    case poisson
    /// At equal distances.
    case uniform
    /// Several at one moment, then none for a while.
    case burst
}

/// How customers choose among the products.
public enum Popularity: String, CaseIterable, Sendable {
    /// Every product as often as any other.
    case even
    /// The n-th product of the catalogue 1/n as often as the first (Zipf's law).
    case zipf
}

/// Who gives orders their ids.
public enum OrderIDs: String, CaseIterable, Sendable {
    /// The client: the n-th order has the same id in every run.
    case client
    /// The order service.
    case server
}

/// What customers do.
public struct WorkloadOptions: Hashable, Sendable {
    /// How many orders they want to place.
    public var orders = 100
    /// The numbers of the orders that are placed, from 1, if not all of them are: each is what it was among all.
    public var only: [Int] = []
    /// Orders a second, on average.
    public var rate = 50.0
    /// How they arrive.
    public var arrivals = ArrivalProcess.poisson
    /// How many orders come at one moment when they come in bursts.
    public var burstSize = 10
    /// How many customers there are.
    public var customers = 200

    /// Lines of an order, each a product of its own.
    public var lines = 1...3
    /// Pieces of one line.
    public var quantity = 1...3
    /// How customers choose among the products.
    public var popularity = Popularity.zipf

    /// Probability that an order comes from one of three customers who order a lot.
    public var suspiciousCustomers = 0.0
    /// What is replayed, and when.
    public var replays = ReplayOptions()
    /// Who gives orders their ids.
    public var orderIDs = OrderIDs.client

    /// Probability that an order wants one of the two scarcest products.
    public var scarceProducts = 0.0
    /// Probability that an order is paid with a card that is declined.
    public var declinedCards = 0.0
    /// Probability that a customer cancels the order.
    public var cancellations = 0.0
    /// From the acknowledgement of the order to its cancellation. Short delays are as likely as long ones: as many
    /// cancellations between 10 and 20 ms as between 1 and 2 s, so that every stage of an order is hit.
    public var cancellationDelay = Duration.milliseconds(1)...Duration.seconds(8)
    /// Probability that a customer who has cancelled an order cancels it again, with another idempotency key.
    public var doubleCancels = 0.0
    /// Probability that a customer cancels some pieces of one line of the order, after the same delay.
    public var lineCancellations = 0.0
    /// Probability that a customer sends the order back when it has arrived.
    public var returns = 0.0
    /// Probability that a customer looks at the order, up to ten times while it is under way.
    public var looks = 0.0
    /// Probability that the status of an order is set by hand, three times, where the blueprint has it so.
    public var statusUpdates = 0.0
    /// Probability that a client sends the same order again with the same idempotency key.
    public var repeatedRequests = 0.0
    /// From an order to its repetition.
    public var repeatDelay = Duration.zero...Duration.seconds(5)
    /// Probability that a customer sends the order, its repetition and its cancellations without an idempotency key.
    public var keylessRequests = 0.0
    /// Probability that beside an order a request arrives that makes no sense.
    public var nonsenseRequests = 0.0

    /// How long a client waits for an answer before it asks again with the same idempotency key.
    public var requestTimeout = Duration.seconds(5)
    /// How long a client goes on asking before it gives up.
    public var patience = Duration.seconds(150)

    /// The defaults.
    public init() {}
}

/// How providers behave when nothing is wrong with them.
public struct ProviderOptions: Hashable, Sendable {
    /// From the arrival of a call to its answer.
    public var latency = Duration.milliseconds(20)...Duration.milliseconds(120)
    /// Probability that a customer has no address for a channel of notifications: every message bounces.
    public var unreachableCustomers = 0.0

    /// The defaults.
    public init() {}
}

/// How much there is to sell.
public struct StockOptions: Hashable, Sendable {
    /// Multiplies the stock of every product of the catalogue.
    public var factor = 1.0

    /// The defaults.
    public init() {}
}

import Harness
import Kafka
import Orders
import Services
import Simulation

/// The order services as a system under test: its options are the system's own part of a scenario.
public struct OrderSystemUnderTest: SystemUnderTest {
    /// Who takes part, and what triggers what.
    public var blueprint = BlueprintLibrary.fallback
    /// Which of the blueprint's lists of choices holds where nothing else is said.
    public var profile = BlueprintFile.hardened
    /// How many partitions each topic has, dead-letter topics aside; nil for what the blueprint says.
    public var partitions: Int?
    /// The choices of design that the runtime offers.
    public var policies = RuntimePolicies()
    /// What happens to events that arrive before those they depend on.
    public var outOfOrder = OutOfOrder.buffer
    /// How steps are taken back.
    public var compensation = Compensation.durable
    /// What happens to reservations that nobody uses.
    public var reservationExpiry = ReservationExpiry.cancelOrder
    /// How long an order may take before it is cancelled.
    public var sagaTimeout = Duration.seconds(60)
    /// How long goods may be reserved.
    public var reservationTime = Duration.seconds(45)
    /// How long after its creation a customer may cancel an order; nil for as long as it can be stopped.
    public var gracePeriod: Duration?
    /// From payment to the parcel's departure.
    public var handlingTime = Duration.milliseconds(500)
    /// How long a parcel travels, to the customer or back.
    public var transitTime = Duration.seconds(1)
    /// What a customer may order before it looks like fraud.
    public var fraudLimits = FraudLimits()
    /// How long after midnight UTC a day of the daily figures begins.
    public var dayStart = Duration.zero
    /// What there is to sell.
    public var stock = StockOptions()
    /// How many orders are replayed in one transaction, from 1.
    public var replayPortion = 250
    /// What customers do.
    public var workload = WorkloadOptions()
    /// How the payment provider behaves.
    public var provider = ProviderOptions()

    /// The defaults, which lose nothing.
    public init() {}

    /// `orrery run`.
    public static var program: String? { "orrery" }

    /// The topics of the blueprint, then dead-letter topics, then retry topics, if the policy asks for them.
    public var topics: [(name: String, partitions: Int)] {
        orderSystem.topicSpecifications.map { ($0.name, Int($0.partitions)) }
            + policies.retryTopics(for: blueprintInUse.topics.map { ($0.name, Int($0.partitions)) })
    }

    /// The services of the blueprint, in its order.
    public func services(topics: TopicTable) -> [any Service] { orderSystem.services(topics: topics) }

    /// The payment service calls the payment provider, the notification service the gateway for messages.
    public var callers: [String] {
        blueprintInUse.participants.filter { $0.role == .payment || $0.role == .notification }.map(\.name)
    }

    /// Clients, the payment provider and the gateway for messages.
    public func environment(draws: Draws) -> any Environment {
        let plan = WorkloadPlan(
            options: workload, storefront: Storefront(blueprintInUse), products: catalogue.products,
            draws: draws.substream(.clients))
        return OrderEnvironment(
            clients: Clients(plan: plan),
            operators: Operators(
                options: workload, service: plan.storefront.desk,
                draws: draws.substream(.operators)),
            provider: PaymentProvider(options: provider, draws: draws.substream(.provider)),
            messages: MessageProvider(options: provider, draws: draws.substream(.messages)),
            messenger: blueprintInUse.participant(.notification)?.name)
    }

    /// A record of the wrong kind for one of the blueprint's topics.
    public func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? {
        PoisonWriter(blueprint: blueprintInUse, draws: draws).record(kind, for: topic, number: number)
    }

    /// Judges a run by every invariant, in a fixed order.
    public func judge(_ history: History) -> [CheckResult] { judge(history, limit: Findings.limit) }

    /// The same; `limit` is how many violations of each invariant are told one by one.
    func judge(_ history: History, limit: Int) -> [CheckResult] {
        let digest = OrderHistory(history, of: self)
        return Checker.all.map { $0.judge(digest, limit: limit) }
    }

    /// The orders that customers want to place.
    public var unitsOfWork: Int { units.count }

    /// Their numbers: the order that is placed as the first of all is 1.
    public var units: [Int] {
        workload.only.isEmpty ? Array(1...workload.orders) : workload.only.filter { $0 <= workload.orders }
    }

    /// The same with fewer orders.
    public func with(unitsOfWork count: Int, isStretched: Bool) -> OrderSystemUnderTest? {
        guard count > 0 else { return nil }
        var smaller = self
        if isStretched { smaller.workload.rate *= Double(count) / Double(workload.orders) }
        smaller.workload.orders = count
        smaller.workload.only = []
        return smaller
    }

    /// The same with these orders, which come when they came among all.
    public func with(units: [Int]) -> OrderSystemUnderTest? {
        guard let last = units.last, Set(units).isSubset(of: self.units) else { return nil }
        var smaller = self
        smaller.workload.orders = last
        smaller.workload.only = units.elementsEqual(1...last) ? [] : units
        return smaller
    }
}

extension OrderSystemUnderTest {
    /// Services that do not recognise an event that comes again: whoever tries redeliveries must notice.
    public var canary: OrderSystemUnderTest? {
        var careless = self
        careless.policies.deduplication = .none
        return careless
    }

    /// What is sold, with the stocks of this scenario.
    var catalogue: Catalogue {
        var catalogue = Catalogue.sample
        for index in catalogue.products.indices {
            let stock = Double(catalogue.products[index].initialStock) * stock.factor
            catalogue.products[index].initialStock = Int32(min(stock, 1_000_000_000))
        }
        return catalogue
    }

    /// The blueprint with this scenario's partitions.
    var blueprintInUse: Blueprint {
        var blueprint = blueprint.blueprint
        if let partitions {
            for index in blueprint.topics.indices { blueprint.topics[index].partitions = Int32(partitions) }
        }
        return blueprint
    }

    /// What the blueprint's profile says.
    public var presets: [Preset] { blueprint.profile(profile)?.choices ?? [] }

    /// A profile that the blueprint does not have.
    public var findings: [Objection] {
        guard blueprint.profile(profile) == nil else { return [] }
        return [
            Objection(
                key: "profile", message: "blueprint '\(blueprint.blueprint.name)' has no profile '\(profile)'",
                suggestion: Suggestion.forName(profile, among: blueprint.profileNames))
        ]
    }

    private var orderSystem: OrderSystem {
        var settings = OrderSettings()
        settings.policies.outOfOrder = outOfOrder
        settings.policies.compensation = compensation
        settings.policies.reservationExpiry = reservationExpiry
        settings.catalogue = catalogue
        settings.sagaTimeout = sagaTimeout
        settings.reservationTime = reservationTime
        settings.gracePeriod = gracePeriod
        settings.handlingTime = handlingTime
        settings.transitTime = transitTime
        settings.fraudLimits = fraudLimits
        settings.replayPortion = Int32(clamping: replayPortion)
        settings.dayStart = dayStart
        return OrderSystem(blueprint: blueprintInUse, settings: settings)
    }
}

extension Purpose {
    fileprivate static let operators = Purpose("order-testbed.operators")
    fileprivate static let clients = Purpose("order-testbed.clients")
    fileprivate static let provider = Purpose("order-testbed.provider")
    fileprivate static let messages = Purpose("order-testbed.messages")
}

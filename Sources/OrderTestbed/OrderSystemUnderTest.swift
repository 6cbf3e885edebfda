import Harness
import Kafka
import Orders
import Services
import Simulation

/// The blueprints that scenario files can ask for.
public enum BlueprintChoice: String, CaseIterable, Sendable {
    /// Document 001: order → inventory → payment → shipping.
    case inventoryFirst = "inventory-first"
}

/// The order services as a system under test: its options are the system's own part of a scenario.
public struct OrderSystemUnderTest: SystemUnderTest {
    /// Who takes part, and what triggers what.
    public var blueprint = BlueprintChoice.inventoryFirst
    /// A blueprint that no scenario file can name; it takes the place of the one that it names.
    var ownBlueprint: Blueprint?
    /// How many partitions each topic has, dead-letter topics aside.
    public var partitions = 6
    /// The choices of design that the runtime offers.
    public var policies = RuntimePolicies()
    /// What happens to events that arrive before those they depend on.
    public var outOfOrder = OutOfOrder.buffer
    /// What happens to goods that have been reserved for an order for too long.
    public var reservationExpiry = ReservationExpiry.cancelOrder
    /// How long an order may take before it is cancelled.
    public var sagaTimeout = Duration.seconds(60)
    /// From payment to the parcel's departure.
    public var handlingTime = Duration.milliseconds(500)
    /// How long a parcel travels, to the customer or back.
    public var transitTime = Duration.seconds(1)
    /// How long goods may be reserved for an order before they are wanted back.
    public var reservationTime = Duration.seconds(45)
    /// What there is to sell.
    public var stock = StockOptions()
    /// What customers do.
    public var workload = WorkloadOptions()
    /// How the payment provider behaves.
    public var provider = ProviderOptions()

    /// The defaults, which lose nothing.
    public init() {}

    /// The topics of the blueprint, then dead-letter topics, then retry topics, if the policy asks for them.
    public var topics: [(name: String, partitions: Int)] {
        orderSystem.topicSpecifications.map { ($0.name, Int($0.partitions)) }
            + policies.retryTopics(for: blueprintInUse.topics.map { ($0.name, Int($0.partitions)) })
    }

    /// The services of the blueprint, in its order.
    public func services(topics: TopicTable) -> [any Service] { orderSystem.services(topics: topics) }

    /// The payment service alone calls anybody.
    public var callers: [String] { blueprintInUse.participants.filter { $0.role == .payment }.map(\.name) }

    /// Clients and the payment provider.
    public func environment(draws: Draws) -> any Environment {
        let plan = WorkloadPlan(
            options: workload, storefront: Storefront(blueprintInUse), products: catalogue.products,
            draws: draws.substream(.clients))
        return OrderEnvironment(
            clients: Clients(plan: plan),
            provider: PaymentProvider(options: provider, draws: draws.substream(.provider)))
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
    public var unitsOfWork: Int { workload.orders }
}

extension OrderSystemUnderTest {
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
        if let ownBlueprint { return ownBlueprint }
        switch blueprint {
        case .inventoryFirst: return .inventoryFirst(partitions: Int32(partitions))
        }
    }

    private var orderSystem: OrderSystem {
        var settings = OrderSettings()
        settings.policies.outOfOrder = outOfOrder
        settings.policies.reservationExpiry = reservationExpiry
        settings.catalogue = catalogue
        settings.sagaTimeout = sagaTimeout
        settings.handlingTime = handlingTime
        settings.transitTime = transitTime
        settings.reservationTime = reservationTime
        return OrderSystem(blueprint: blueprintInUse, settings: settings)
    }
}

extension Purpose {
    fileprivate static let clients = Purpose("order-testbed.clients")
    fileprivate static let provider = Purpose("order-testbed.provider")
}

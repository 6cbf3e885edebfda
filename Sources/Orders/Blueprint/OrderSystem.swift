import Kafka
import Services

/// The services of a blueprint, ready to be run by any driver.
public struct OrderSystem: Sendable {
    /// Who takes part, and over which topics they speak.
    public var blueprint: Blueprint
    /// Everything else that can be set.
    public var settings: OrderSettings

    /// A blueprint's system, by default with safe choices.
    public init(blueprint: Blueprint, settings: OrderSettings = OrderSettings()) {
        self.blueprint = blueprint
        self.settings = settings
    }

    /// Every topic that the cluster must have, the dead-letter topics last.
    public var topicSpecifications: [Blueprint.Topic] { blueprint.topicSpecifications }

    /// Gives every topic a number, in the order of `topicSpecifications`.
    public func register(in topics: inout TopicTable) {
        for topic in topicSpecifications { _ = topics.intern(topic.name) }
    }

    /// The services, in the blueprint's order; all topics must be registered.
    public func services(topics: TopicTable) -> [any Service] {
        blueprint.participants.map { participant in
            let wiring = Wiring(participant, of: blueprint, topics: topics)
            return switch participant.role {
            case .cart: CartService(wiring: wiring, settings: settings) as any Service
            case .order: OrderService(wiring: wiring, settings: settings)
            case .inventory: InventoryService(wiring: wiring, settings: settings)
            case .payment: PaymentService(wiring: wiring, settings: settings)
            case .shipping: ShippingService(wiring: wiring, settings: settings)
            case .fraud: FraudService(wiring: wiring, settings: settings)
            case .notification: NotificationService(wiring: wiring, settings: settings)
            case .analytics: AnalyticsService(wiring: wiring, settings: settings)
            }
        }
    }
}

import Services
import Simulation

/// An order, as the fraud desk sees it.
public struct FraudCaseRow: Row {
    /// The name of its table.
    public static let table = "fraud_cases"
    /// The order.
    public var key: Identifier
    /// Whose order it is.
    public var customer: Identifier
    /// What it comes to.
    public var total: Money
    /// When it was placed.
    public var placedAt: Instant
    /// What was decided; nil before, and where orders are not checked.
    public var verdict: FraudVerdict?
}

/// What was decided about an order, by which limits, and when.
public struct FraudVerdict: Hashable, Sendable, Document {
    /// What it came to.
    public var decision: FraudDecision
    /// The limits of that time.
    public var limits: FraudLimits
    /// When it was decided.
    public var at: Instant
}

/// An order that was told again, judged by the limits of now. Nobody is told of it.
public struct FraudReplayRow: Row {
    /// The name of its table.
    public static let table = "fraud_replays"
    /// Which order, and how often it has been replayed, from 1.
    public var key: NumberedKey
    /// The event that told of it.
    public var event: UniqueID
    /// What had been decided when it was placed; nil when nothing had.
    public var then: FraudDecision?
    /// What would be decided now.
    public var now: FraudDecision
    /// Why, in a sentence.
    public var explanation: String
}

/// What a customer ordered in one hour. Live orders and replayed ones do not count for each other.
package struct PurchasesRow: Row {
    package struct Key: RowKey {
        var customer: Identifier
        var isReplay: Bool
        /// Since the beginning of the clock.
        var hour: Int64

        package var stableHash: UInt64 {
            mixed(customer.stableHash &+ UInt64(bitPattern: hour) &* 2 &+ (isReplay ? 1 : 0))
        }
    }

    package struct Purchase: Hashable, Sendable, Codable {
        var order: Identifier
        var at: Instant
        var total: Money
    }

    package static let table = "fraud_purchases"
    package var key: Key
    /// In the sequence in which they became known.
    package var purchases: [Purchase] = []
}

/// The hours for which there is a `PurchasesRow`.
struct PurchaseHoursRow: Row {
    struct Key: RowKey {
        var customer: Identifier
        var isReplay: Bool

        var stableHash: UInt64 { mixed(customer.stableHash &+ (isReplay ? 1 : 0)) }
    }

    static let table = "fraud_purchase_hours"
    var key: Key
    /// In ascending order.
    var hours: [Int64] = []
}

import Harness
import Orders
import Testing

@testable import OrderTestbed

/// Blueprints that cannot work are refused with a sentence that says why and what to do.
@Suite struct BlueprintProblemTests {
    /// A change of a good file, and what is said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var change: @Sendable (inout Blueprint) -> Void
        var sentence: String
        var base = "inventory-first"
        var testDescription: String { name }
    }

    @Test(arguments: cases + flowCases)
    func `A blueprint that cannot work is refused`(wrong: Case) throws {
        var blueprint = try #require(BlueprintLibrary.blueprint(wrong.base)).blueprint
        wrong.change(&blueprint)
        let sentences = blueprint.problems.map(\.message)
        #expect(sentences.contains { $0.contains(wrong.sentence) }, "\(sentences)")
    }

    static let cases: [Case] = [
        Case(
            name: "a step that nothing triggers", change: { $0.steps[1].when = [] },
            sentence: "nothing triggers step 'charge'"),
        Case(
            name: "a trigger that is not published", change: { $0.remove(.inventoryReserved) },
            sentence: "step 'charge' waits for InventoryReserved, which nobody publishes"),
        Case(
            name: "an undo event that is not published", change: { $0.remove(.shippingCancelled) },
            sentence: "step 'charge' is taken back by ShippingCancelled, which nobody publishes"),
        Case(
            name: "an unknown topic", change: { $0.publications[0].topic = "ordres" },
            sentence: "OrderCreated goes to topic 'ordres', which does not exist"),
        Case(
            name: "two topics of one name", change: { $0.topics.append($0.topics[0]) },
            sentence: "two topics are called 'orders'"),
        Case(
            name: "two events of one name", change: { $0.publications[1].name = "OrderCreated" },
            sentence: "OrderCreated and OrderCancellationRequested are both called 'OrderCreated' on the wire"),
        Case(
            name: "an event on two topics",
            change: { $0.publications.append(Blueprint.Publication(.orderCreated, as: "Other", to: "payments")) },
            sentence: "OrderCreated goes to 'orders' and 'payments'"),
        Case(
            name: "a role that two play",
            change: { $0.participants.append(Blueprint.Participant(.payment, name: "bank")) },
            sentence: "two services play the payment"),
        Case(
            name: "a role that nobody plays", change: { $0.participants.remove(at: 2) },
            sentence: "nobody takes step 'charge': no service plays the payment"),
        Case(
            name: "a group of two services", change: { $0.participants[1].group = "order" },
            sentence: "two services read in group 'order'"),
        Case(
            name: "a service without a task", change: { $0.participants.append(Blueprint.Participant(.analytics)) },
            sentence: "service 'analytics' has nothing to do"),
        Case(
            name: "an unknown replay topic", change: { $0.replayTopics = ["past"] },
            sentence: "orders cannot be replayed to topic 'past'"),
        Case(
            name: "too many partitions", change: { $0.topics[0].partitions = 1001 },
            sentence: "a topic has from 1 to 1000 partitions"),
        Case(
            name: "a name that Kafka does not take", change: { $0.topics[0].name = "or ders" },
            sentence: "Kafka has no topic of such a name"),
        Case(
            name: "a topic for dead letters", change: { $0.topics[1].name = "orders.dlq" },
            sentence: "'orders.dlq' is the dead-letter topic of another topic"),
        Case(
            name: "no order at all", change: { $0.remove(.orderCreated) },
            sentence: "no order ever begins: OrderCreated is not published"),
    ]

    static let flowCases: [Case] = [
        Case(
            name: "a circle", change: { $0.steps[0].when = [.paymentAuthorized] },
            sentence: "steps wait for each other, and none ever begins: "
                + "'reserve' waits for PaymentAuthorized and 'charge' waits for InventoryReserved"),
        Case(
            name: "a step that is missing on the way", change: { $0.steps.remove(at: 0) },
            sentence: "service 'inventory' has nothing to do"),
        Case(
            name: "money that nobody gives back", change: { $0.steps[1].undo = [] },
            sentence: "there is no compensation for step 'charge', which takes money"),
        Case(
            name: "goods that nobody puts back", change: { $0.steps[0].undo = [] },
            sentence: "there is no compensation for step 'reserve', which reserves goods: when 'charge' fails"),
        Case(
            name: "a gap in the way back", change: { $0.steps[0].undo = [.paymentFailed, .paymentRefunded] },
            sentence: "the compensation of step 'reserve', which reserves goods, has a gap: when the order is cancelled"
        ),
        Case(
            name: "an undo that comes when all goes well", change: { $0.steps[0].undo.append(.paymentAuthorized) },
            sentence: "step 'reserve' would be taken back by PaymentAuthorized, which also comes when all goes well"),
        Case(
            name: "a parcel that leaves too early", change: { $0.steps[2].when = [.paymentAuthorized] },
            sentence: "a parcel may leave before step 'reserve' is done", base: "parallel"),
        Case(
            name: "a failure beside", change: { $0.undo(.charge, without: .inventoryFailed) },
            sentence: "when 'reserve' fails after it was done, the customer's money would be kept", base: "parallel"),
        Case(
            name: "an order that never ends", change: { $0.remove(.orderCancelled) },
            sentence: "an order can never end: an order that is cancelled ends with OrderCancelled"),
        Case(
            name: "a return that never ends", change: { $0.remove(.inventoryRestocked) },
            sentence: "a return can never end: InventoryRestocked is not published", base: "standard"),
        Case(
            name: "an event that never comes",
            change: { $0.publications.append(.init(.fraudCheckPassed, to: "orders")) },
            sentence: "nobody publishes FraudCheckPassed: no service plays the fraud"),
        Case(
            name: "an event that nothing leads to",
            change: { $0.publications.append(.init(.inventoryRestocked, to: "inventory")) },
            sentence: "InventoryRestocked never comes, as nothing leads there"),
        Case(
            name: "an undo event that nobody publishes", change: { $0.steps[2].undo.append(.fraudCheckFailed) },
            sentence: "step 'ship' is taken back by FraudCheckFailed, which nobody publishes"),
    ]
}

extension Blueprint {
    fileprivate mutating func remove(_ event: EventType) { publications.removeAll { $0.event == event } }

    fileprivate mutating func undo(_ kind: StepKind, without event: EventType) {
        for index in steps.indices where steps[index].kind == kind { steps[index].undo.removeAll { $0 == event } }
    }
}

import Kafka
import Services
import Simulation

/// A replay that somebody has asked for: which orders are told again, where, and how far it has come.
public struct ReplayRow: Row {
    /// The name of its table.
    public static let table = "replays"
    /// The replay's id.
    public var key: Identifier
    /// Where the orders are told again.
    public var topic: TopicID
    /// The journal's number of the first order.
    public var first: Int32
    /// The journal's number of the last order.
    public var last: Int32
    /// The journal's number of the order that comes next; beyond the last when the replay is over.
    public var next: Int32

    /// Whether every order was told again.
    public var isOver: Bool { next > last }
}

/// Orders of the past, told again for somebody who listens now.
public enum OrderReplay {
    /// The id of the event that tells of an order in a replay. It follows from both: an order that is published twice in
    /// one replay is a duplicate, and is taken for one.
    public static func eventID(of order: Identifier, in replay: Identifier) -> UniqueID {
        let id = UniqueID(hashing: replay.bytes + [UInt8(ascii: "/")] + order.bytes)
        return UniqueID(drawn: id.high, id.low)
    }
}

extension OrderService {
    /// The kind of deadline at which a replay goes on.
    static let replayGoesOn: Int32 = 100

    /// Begins a replay. The orders are not published here: there may be more of them than one transaction should hold.
    func beginReplay(_ body: [UInt8], in transaction: inout Transaction) throws -> Response {
        let wish: ReplayWish
        do {
            wish = try ReplayWish.decode(body)
        } catch {
            return .problem(400, title: "Invalid replay", detail: error.message)
        }
        guard let name = wish.topic ?? wiring.blueprint.replayTopics.first else {
            return .problem(
                400, title: "Invalid replay",
                detail: "This system has no topic for replays, so 'topic' must name one: \(topicsForPeople).")
        }
        guard wiring.blueprint.topics.contains(where: { $0.name == name }), let topic = wiring.topics.id(of: name)
        else {
            return .problem(
                400, title: "Invalid replay", detail: "There is no topic '\(name)'. There are \(topicsForPeople).")
        }
        let since = transaction.now - .seconds(wish.days * 86_400)
        let numbers = try journalNumbers(since: since, in: transaction)
        var replay = ReplayRow(key: Identifier("RPL-", transaction.newID()), topic: topic, first: 1, last: 0, next: 1)
        if let numbers {
            (replay.first, replay.last, replay.next) = (numbers.lowerBound, numbers.upperBound, numbers.lowerBound)
            try transaction.setDeadline(Self.replayGoesOn, for: replay.key, after: .zero)
        }
        try transaction.put(replay)
        return ReplayAPI.accepted(replay.key, orders: numbers?.count ?? 0, days: wish.days, topic: name)
    }

    private var topicsForPeople: String { wiring.blueprint.topics.map { "'\($0.name)'" }.joined(separator: ", ") }

    /// The next portion of a replay. How far it has come is written down in the same transaction, so a crash neither
    /// leaves orders out nor tells of any twice.
    func replayPortion(of id: Identifier, in transaction: inout Transaction) throws {
        guard var replay = try transaction.get(ReplayRow.self, id), !replay.isOver else { return }
        let end = min(replay.last, replay.next + settings.replayPortion - 1)
        for number in replay.next...end {
            guard let entry = try transaction.get(JournalRow.self, number) else { continue }
            try tellAgain(entry.order, in: replay, in: &transaction)
        }
        replay.next = end + 1
        try transaction.put(replay)
        if !replay.isOver { try transaction.setDeadline(Self.replayGoesOn, for: id, after: .zero) }
    }

    private func tellAgain(
        _ order: Identifier, in replay: ReplayRow, in transaction: inout Transaction
    ) throws {
        guard let original = try transaction.get(OrderEventRow.self, .init(order: order, number: 1))?.event else {
            return
        }
        var event = original
        event.id = OrderReplay.eventID(of: order, in: replay.key)
        event.causation = original.id
        event.isReplay = true
        // The event happened when it happened; its record is new, and Kafka must not take it for one that is too old.
        var record = wiring.codec.record(event)
        record.timestampMilliseconds = transaction.now.milliseconds
        try transaction.publish(record, to: replay.topic, inOrderOf: order)
    }
}

import Harness
import Orders
import Services
import Simulation

/// The gateway for messages of a run: what it knows is gone with it.
struct MessageProvider: Sendable {
    private let door: ProviderDoor
    private let desk: MessageDesk
    private var books = ValueStore()

    init(options: ProviderOptions, draws: Draws) {
        door = ProviderDoor(options: options, draws: draws)
        desk = MessageDesk(unreachableCustomers: options.unreachableCustomers, draws: draws)
    }

    mutating func receive(
        _ call: ProviderCall, token: UInt64, fate: ProviderFate?, into output: inout EnvironmentOutput
    ) {
        door.receive(call, token: token, fate: fate, into: &output) { isRefusing, output in
            let reply = desk.reply(to: call, isRefusing: isRefusing, in: &books, &output.ledger)
            books.commit()
            return reply.encode()
        }
    }
}

/// What a gateway for mails and text messages does: sends each message once, however often the same call is made, and
/// refuses those for whom it has no address.
struct MessageDesk: Sendable {
    /// Probability that a customer has no address for a channel.
    let unreachableCustomers: Double
    let draws: Draws

    func reply<Books: ProviderBooks>(
        to call: ProviderCall, isRefusing: Bool, in books: inout Books, _ ledger: inout [LedgerEntry]
    ) throws(Books.Failure) -> MessageReply {
        if let known = try books.row(KnownReply.self, call.idempotencyKey) { return known.reply }
        guard let request = try? MessageRequest.decode(call.payload) else { return .bounced }
        let reply: MessageReply = isRefusing || !isReachable(request) ? .bounced : .accepted
        ledger.append(Message.entry(for: request, reply, under: call.idempotencyKey))
        try books.set(KnownReply(key: call.idempotencyKey, reply: reply), for: call.idempotencyKey)
        return reply
    }

    /// The same customer is reachable by the same channels all the time.
    private func isReachable(_ request: MessageRequest) -> Bool {
        !draws.chance(
            unreachableCustomers, .unreachable, request.customer.stableHash, UInt64(request.channel.rawValue))
    }

    static let tables: [any Row.Type] = [KnownReply.self]
}

/// What was answered to a call, by its idempotency key.
private struct KnownReply: Row {
    static let table = "replies"
    var key: UniqueID
    var reply: MessageReply
}

/// Messages in the provider's ledger: the kind is the channel, and the unit what the message is about.
extension Message {
    private static let bounced = "-bounced"

    static func entry(for request: MessageRequest, _ reply: MessageReply, under key: UniqueID) -> LedgerEntry {
        let channel = String(describing: request.channel.name)
        return LedgerEntry(
            kind: reply == .bounced ? channel + bounced : channel, subject: request.order, idempotencyKey: key,
            amount: 0, unit: request.about.description)
    }

    /// Nil when the entry is about something else: money.
    init?(_ entry: LedgerEntry, at moment: Instant, order: Int32) {
        let isBounced = entry.kind.hasSuffix(Self.bounced)
        let kind = isBounced ? String(entry.kind.dropLast(Self.bounced.count)) : entry.kind
        guard let channel = NotificationChannel.allCases.first(where: { "\($0.name)" == kind }),
            let about = EventType(named: entry.unit)
        else { return nil }
        self.init(at: moment, entry: entry, order: order, channel: channel, about: about, isBounced: isBounced)
    }
}

extension Purpose {
    fileprivate static let unreachable = Purpose("messages.unreachable")
}

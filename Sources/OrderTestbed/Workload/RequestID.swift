/// One try at one round of a conversation. Request ids say what they are, so that a history can be read without the
/// clients' state.
struct RequestID: Hashable, Sendable {
    /// The last round that an id has room for.
    static let lastRound = 255

    /// The customer's own number of the order, from 0 to 2³¹ - 1; the shop's id comes with the answer.
    var order: Int
    var conversation: Conversation
    /// From 0: a conversation may have several rounds, each begun when the one before it has its answer.
    var round: Int
    /// From 1.
    var attempt: Int

    init(order: Int, conversation: Conversation, round: Int = 0, attempt: Int) {
        self.order = order
        self.conversation = conversation
        self.round = round
        self.attempt = attempt
    }

    /// Nil when the number is no id of a request of these clients.
    init?(rawValue: UInt64) {
        guard let conversation = Conversation(rawValue: UInt8(truncatingIfNeeded: rawValue >> 16 & 0xff)) else {
            return nil
        }
        self.init(
            order: Int(rawValue >> 24 & 0x7fff_ffff), conversation: conversation,
            round: Int(rawValue >> 55 & 0xff), attempt: Int(rawValue & 0xffff))
    }

    /// The highest bit is never set.
    var rawValue: UInt64 {
        UInt64(round) << 55 | UInt64(order) << 24 | UInt64(conversation.rawValue) << 16 | UInt64(attempt)
    }
}

/// Why a client wants to be woken: an alarm about one try.
struct ClientAlarm: Sendable {
    enum Reason: UInt8, Sendable {
        /// It is time to make this try.
        case send
        /// The try has not been answered in time.
        case timeout
    }

    var reason: Reason
    var request: RequestID

    init(_ reason: Reason, _ request: RequestID) {
        self.reason = reason
        self.request = request
    }

    init?(rawValue: UInt64) {
        guard let reason = Reason(rawValue: UInt8(rawValue & 1)), let request = RequestID(rawValue: rawValue >> 1)
        else { return nil }
        self.init(reason, request)
    }

    var rawValue: UInt64 { request.rawValue << 1 | UInt64(reason.rawValue) }
}

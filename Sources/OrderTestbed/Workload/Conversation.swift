/// What a customer may say to the shop about one order.
enum Conversation: UInt8, CaseIterable, Sendable {
    /// Places the order.
    case order
    /// Places it again, with the same idempotency key, as an impatient click does.
    case again
    /// Cancels it.
    case cancel
    /// Says something that makes no sense.
    case nonsense
    /// Cancels it once more, with another idempotency key.
    case cancelAgain
    /// Cancels some pieces of one line.
    case cancelLine
    /// Looks at it, now and then.
    case look
    /// Asks until it has arrived, and then sends it back.
    case follow
    /// Sends it back.
    case giveBack
    /// Sets its status by hand, several times.
    case update

    /// For messages: `cancel request`.
    var phrase: String {
        switch self {
        case .order: "create request"
        case .again: "repeated create request"
        case .cancel: "cancel request"
        case .nonsense: "nonsensical request"
        case .cancelAgain: "second cancel request"
        case .cancelLine: "request to cancel a line"
        case .look: "look at the order"
        case .follow: "question whether the order has arrived"
        case .giveBack: "return request"
        case .update: "status update"
        }
    }

    /// Whether it only asks how the order stands. Such a request has no idempotency key: its answer is news each time.
    var isReading: Bool { self == .look || self == .follow }

    /// Whether an answer tells of an order that it is about.
    var isAboutOrder: Bool { self != .nonsense }
}

/// A value for each conversation, inline.
struct PerConversation<Value: Sendable>: Sendable {
    /// By `Conversation.rawValue`.
    private var values: InlineArray<10, Value>

    init(_ value: Value) {
        values = InlineArray(repeating: value)
        precondition(values.count == Conversation.allCases.count, "every conversation needs its place")
    }

    subscript(conversation: Conversation) -> Value {
        get { values[Int(conversation.rawValue)] }
        set { values[Int(conversation.rawValue)] = newValue }
    }
}

import Harness
import Orders
import Services
import Simulation

/// All API clients: who has asked for what, and who still waits for an answer.
///
/// A client that gets no answer, a refused connection or a 5xx asks again with the same idempotency key, after a backoff,
/// until it runs out of patience.
struct Clients: Sendable {
    private static let backoff = Backoff(initial: .milliseconds(200), maximum: .seconds(5))

    let plan: WorkloadPlan
    private let requests: RequestWriter
    private var customers = PagedArray<Customer>()
    /// How many conversations are not over.
    private(set) var open = 0

    init(plan: WorkloadPlan) {
        self.plan = plan
        requests = RequestWriter(plan: plan)
    }

    mutating func start(at now: Instant, into output: inout EnvironmentOutput) {
        expectNextOrder(at: now, &output)
    }

    mutating func receive(_ alarm: ClientAlarm, at now: Instant, into output: inout EnvironmentOutput) {
        let request = alarm.request
        switch alarm.reason {
        case .send:
            if request.conversation == .order, request.attempt == 1 {
                while customers.count <= request.order { customers.append(Customer()) }
                open(.init(order: request.order, conversation: .order, attempt: 1))
                arrange(request.order, at: now, &output)
            }
            send(request, at: now, &output)
        case .timeout:
            guard isCurrent(request) else { return }
            sendLater(request, at: now, &output)
        }
    }

    mutating func receive(
        _ response: Response, to request: RequestID, at now: Instant, into output: inout EnvironmentOutput
    ) {
        // The client has hung up on tries that timed out.
        guard isCurrent(request) else { return }
        if response.status >= 500 {
            sendLater(request, at: now, &output)
            return
        }
        close(request)
        goOn(after: response, to: request, at: now, &output)
    }

    /// Nobody took the connection.
    mutating func refused(_ request: RequestID, at now: Instant, into output: inout EnvironmentOutput) {
        guard isCurrent(request) else { return }
        sendLater(request, at: now, &output)
    }

    // MARK: Arrivals

    private func expectNextOrder(at now: Instant, _ output: inout EnvironmentOutput) {
        guard let (order, gap) = plan.next(from: customers.count) else { return }
        let alarm = ClientAlarm(.send, RequestID(order: order, conversation: .order, attempt: 1))
        output.timers.append((at: now + gap, id: alarm.rawValue))
    }

    /// What comes with an order: the one after it, the same one again, nonsense.
    private mutating func arrange(_ order: Int, at now: Instant, _ output: inout EnvironmentOutput) {
        expectNextOrder(at: now, &output)
        if let delay = plan.repetition(of: order) { begin(.again, of: order, at: now + delay, &output) }
        if let nonsense = plan.nonsense(beside: order) {
            begin(.nonsense, of: order, at: now + nonsense.after, &output)
        }
    }

    /// What comes after an answer.
    private mutating func goOn(
        after response: Response, to request: RequestID, at now: Instant, _ output: inout EnvironmentOutput
    ) {
        let order = request.order
        let next = request.round + 1
        switch request.conversation {
        case .order: learn(of: response, order, at: now, &output)
        case .cancel:
            if let delay = plan.secondCancellation(of: order) {
                begin(.cancelAgain, of: order, at: now + delay, &output)
            }
        case .look:
            if let delay = plan.look(at: order, round: next) {
                begin(.look, of: order, round: next, at: now + delay, &output)
            }
        case .follow: follow(response, order, round: next, at: now, &output)
        case .update:
            // An update that the shop has not taken is the last: those after it build upon it.
            if response.isSuccess, let delay = plan.update(of: order, round: next) {
                begin(.update, of: order, round: next, at: now + delay, &output)
            }
        case .again, .nonsense, .cancelAgain, .cancelLine, .giveBack: break
        }
    }

    /// The shop has taken the order: everything begins that needs to know its id.
    private mutating func learn(
        of response: Response, _ order: Int, at now: Instant, _ output: inout EnvironmentOutput
    ) {
        guard response.isSuccess, let id = OrderAPI.orderID(in: response.body) else { return }
        customers[order].orderID = id
        if let delay = plan.cancellation(of: order) { begin(.cancel, of: order, at: now + delay, &output) }
        if let change = plan.lineCancellation(of: order) {
            begin(.cancelLine, of: order, at: now + change.after, &output)
        }
        if let delay = plan.look(at: order, round: 0) { begin(.look, of: order, at: now + delay, &output) }
        if let delay = plan.update(of: order, round: 0) { begin(.update, of: order, at: now + delay, &output) }
        if plan.wantsReturn(of: order) { begin(.follow, of: order, at: now + followUp, &output) }
    }

    /// From one question whether a parcel has arrived to the next.
    private var followUp: Duration { max(.seconds(1), plan.options.patience / Int64(RequestID.lastRound)) }

    /// A customer who wants to send an order back waits for it, as long as it can still come.
    private mutating func follow(
        _ response: Response, _ order: Int, round: Int, at now: Instant, _ output: inout EnvironmentOutput
    ) {
        let status = response.isSuccess ? (try? OrderAPI.decodeOrder(response.body))?.status : nil
        if status == .delivered {
            begin(.giveBack, of: order, at: now + plan.thinking(about: order), &output)
            return
        }
        let next = now + followUp
        guard status?.isFinal != true, round <= RequestID.lastRound,
            next < customers[order].begun[.order] + plan.options.patience
        else { return }
        begin(.follow, of: order, round: round, at: next, &output)
    }

    // MARK: Conversations

    private mutating func begin(
        _ conversation: Conversation, of order: Int, round: Int = 0, at moment: Instant,
        _ output: inout EnvironmentOutput
    ) {
        let request = RequestID(order: order, conversation: conversation, round: round, attempt: 1)
        open(request)
        output.timers.append((at: moment, id: ClientAlarm(.send, request).rawValue))
    }

    private mutating func open(_ request: RequestID) {
        open += 1
        customers[request.order].attempts[request.conversation] = UInt16(request.attempt)
        customers[request.order].rounds[request.conversation] = UInt8(request.round)
    }

    private mutating func close(_ request: RequestID) {
        open -= 1
        customers[request.order].attempts[request.conversation] = 0
    }

    private func isCurrent(_ request: RequestID) -> Bool {
        request.order < customers.count
            && customers[request.order].attempts[request.conversation] == UInt16(request.attempt)
            && customers[request.order].rounds[request.conversation] == UInt8(request.round)
    }

    private mutating func send(_ request: RequestID, at now: Instant, _ output: inout EnvironmentOutput) {
        if request.attempt == 1 { customers[request.order].begun[request.conversation] = now }
        customers[request.order].attempts[request.conversation] = UInt16(request.attempt)
        let orderID = customers[request.order].orderID
        output.requests.append(requests.request(request, for: orderID))
        let alarm = ClientAlarm(.timeout, request)
        output.timers.append((at: now + plan.options.requestTimeout, id: alarm.rawValue))
    }

    private mutating func sendLater(_ request: RequestID, at now: Instant, _ output: inout EnvironmentOutput) {
        let delay = Self.backoff.delay(
            after: request.attempt, drawing: plan.draws, .clientRetry,
            UInt64(request.order) << 8 | UInt64(request.conversation.rawValue) | UInt64(request.round) << 40)
        guard now + delay < customers[request.order].begun[request.conversation] + plan.options.patience else {
            close(request)
            return
        }
        // From here on nothing that concerns this try is current.
        var next = request
        next.attempt += 1
        customers[request.order].attempts[request.conversation] = UInt16(next.attempt)
        output.timers.append((at: now + delay, id: ClientAlarm(.send, next).rawValue))
    }

    // MARK: What is still going on

    /// A phrase for each thing that clients still wait for, the first few at least.
    var unfinished: [String] {
        var phrases: [String] = []
        if customers.count < plan.options.orders {
            phrases.append("\(plan.options.orders - customers.count) orders have not been placed yet")
        }
        guard open > 0 else { return phrases }
        for (order, customer) in customers.enumerated() {
            for conversation in Conversation.allCases where customer.attempts[conversation] > 0 {
                let attempt = customer.attempts[conversation]
                phrases.append("client \(order)'s \(conversation.phrase) has no answer (try \(attempt))")
            }
            if phrases.count >= 20 { break }
        }
        return phrases
    }
}

/// What one customer waits for.
private struct Customer: Sendable {
    /// The try that is under way or comes next; 0 when there is none.
    var attempts = PerConversation<UInt16>(0)
    /// The round that it belongs to.
    var rounds = PerConversation<UInt8>(0)
    /// When the first try of the round was made.
    var begun = PerConversation<Instant>(.zero)
    /// The shop's id of the order, once it is known.
    var orderID: Identifier?
}

extension Response {
    /// Whether the service has done what it was asked for, or has taken it upon itself.
    var isSuccess: Bool { (200..<300).contains(status) }
}

extension Purpose {
    fileprivate static let clientRetry = Purpose("workload.client-retry")
}

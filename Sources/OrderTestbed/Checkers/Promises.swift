import Harness
import Orders
import Services

/// What clients were promised.
extension Checker {
    static let noLostOrder = Checker(
        "no-lost-order", "Every order ends: it is shipped, or it is cancelled."
    ) { history, findings in
        guard history.isSettled else { return }
        for order in history.orders {
            let created = history.event(.orderCreated, of: order)
            guard let row = order.row else {
                guard let created else { continue }
                findings.sample()
                findings.report(
                    order.id, at: created.at, "The order was created, and the order service does not know it.")
                continue
            }
            findings.sample()
            guard row.status != history.lifecycle.success, !row.status.isFinal, history.lifecycle.success != nil else {
                continue
            }
            findings.report(
                order.id, at: row.updatedAt,
                "The order was still '\(row.status.name)' when the run ended, and nothing was going on any more.")
        }
    }

    static let acknowledgedMeansDurable = Checker(
        "acknowledged-means-durable",
        "An order that was acknowledged exists, and a cancellation that was accepted is carried out or refused with reason."
    ) { history, findings in
        for answer in history.answers {
            switch answer.request.conversation {
            case .order, .again: if answer.response.isSuccess { checkCreation(answer, in: history, &findings) }
            case .cancel, .cancelAgain: if history.isSettled { check(answer, in: history, &findings) }
            case .nonsense, .cancelLine, .look, .follow, .giveBack, .update: break
            }
        }
    }

    /// What a customer was told about a new order, against what there is.
    private static func checkCreation(_ answer: ClientAnswer, in history: OrderHistory, _ findings: inout Findings) {
        let status = answer.response.status
        findings.sample()
        guard let order = answer.order.map({ history.orders[Int($0)] }) else {
            findings.report("client \(answer.request.order)", at: answer.at, "A \(status) does not name an order.")
            return
        }
        // Where another service takes orders, it takes a while until the order service knows of them.
        if order.row == nil, history.isSettled || history.storefront.seller == history.storefront.desk {
            findings.report(
                order.id, at: answer.at, "The client was told \(status), and there is no such order.")
        } else if history.isSettled, !order.has(.orderCreated) {
            findings.report(
                order.id, at: answer.at, "The client was told \(status), and no OrderCreated ever reached Kafka.")
        }
    }

    /// What a customer was told about a cancellation, against how the order ended.
    private static func check(_ answer: ClientAnswer, in history: OrderHistory, _ findings: inout Findings) {
        guard let order = answer.order.map({ history.orders[Int($0)] }), let status = order.row?.status else { return }
        findings.sample()
        // That it was shipped is no answer: a cancellation that nobody carried out looks the same.
        let isRefused = order.has(.cancellationRefused)
        let isDone = status == history.lifecycle.success || status == .returning || status == .returned
        switch answer.response.status {
        case 200 where status != .cancelled:
            findings.report(
                order.id, at: answer.at, "The client was told that the order is cancelled, and it is '\(status.name)'.")
        case 202 where status != .cancelled && !(isDone && isRefused):
            findings.report(
                order.id, at: answer.at,
                "The cancellation was accepted, and the order ended '\(status.name)' without a word of why.")
        default:
            break
        }
    }

    static let idempotentAPI = Checker(
        "idempotent-api", "Requests with one idempotency key are one request: one order, the same answer every time.",
        needsWholeLog: false
    ) { history, findings in
        var first: [RequestID: ClientAnswer] = [:]
        var creations: [ClientAnswer] = []
        for answer in history.answers
        where answer.response.status < 500 && !answer.request.conversation.isReading {
            findings.sample()
            // Without a key, every request is one of its own: it may be refused the second time, or make another order.
            guard !history.keyless.contains(answer.request) else {
                if answer.request.isCreation, answer.response.isSuccess { creations.append(answer) }
                continue
            }
            let key = answer.request.firstOfItsKey
            guard let known = first[key] else {
                first[key] = answer
                if key.conversation == .order, answer.response.isSuccess { creations.append(answer) }
                continue
            }
            guard known.response != answer.response else { continue }
            findings.report(
                known.order.map { history.orders[Int($0)].id.description } ?? "client \(answer.request.order)",
                at: answer.at,
                "One idempotency key got two answers, \(known.response.status) and \(answer.response.status)"
                    + (known.order == answer.order ? "." : ", about different orders."))
        }
        compareOrdersWithKeys(history, creations, &findings)
    }

    /// Every order comes from one key, and no other order does.
    private static func compareOrdersWithKeys(
        _ history: OrderHistory, _ creations: [ClientAnswer], _ findings: inout Findings
    ) {
        /// By the number of an order, the client that was told of it.
        var clients = [Int?](repeating: nil, count: history.orders.count)
        var unanswered = history.keysOfOrders
        for answer in creations {
            guard let order = answer.order else { continue }
            unanswered -= 1
            if let other = clients[Int(order)] {
                findings.report(
                    history.orders[Int(order)].id, at: answer.at,
                    "Clients \(other) and \(answer.request.order) were both told that this order is theirs.")
            }
            clients[Int(order)] = answer.request.order
        }
        // Orders that no client knows of can only come from keys that got no answer.
        let unknown = history.orders.indices.filter { history.orders[$0].row != nil && clients[$0] == nil }
        for order in unknown.dropFirst(max(0, unanswered)) {
            findings.report(
                history.orders[order].id, at: history.orders[order].row?.createdAt,
                "No client knows of this order, and every idempotency key has its order already: one key made two.")
        }
    }

    static let nonsenseRefused = Checker(
        "nonsense-refused", "A request that makes no sense is refused with a 4xx status.", needsWholeLog: false
    ) { history, findings in
        for answer in history.answers where answer.request.conversation == .nonsense {
            // A 5xx says nothing about the request; the client asks again.
            guard answer.response.status < 500 else { continue }
            findings.sample()
            if !(400..<500).contains(answer.response.status) {
                findings.report(
                    "client \(answer.request.order)", at: answer.at,
                    "A request that makes no sense was answered with \(answer.response.status).")
            }
        }
    }
}

extension RequestID {
    /// Whether it places an order.
    fileprivate var isCreation: Bool { conversation == .order || conversation == .again }

    /// The same for all requests with one idempotency key.
    fileprivate var firstOfItsKey: RequestID {
        let first = conversation == .again ? Conversation.order : conversation
        return RequestID(order: order, conversation: first, round: round, attempt: 1)
    }
}

extension OrderHistory {
    /// How many idempotency keys were sent with orders that make sense. A request without one counts for itself, as often
    /// as the network may have delivered it.
    fileprivate var keysOfOrders: Int {
        let alone = keyless.count { $0.isCreation }
        var sent: [Bool] = []
        for entry in source.entries {
            guard case .requested(_, let request) = entry.event, let id = RequestID(rawValue: request.id),
                id.conversation == .order, !keyless.contains(id)
            else { continue }
            while sent.count <= id.order { sent.append(false) }
            sent[id.order] = true
        }
        return sent.count { $0 } + (alone > 0 ? alone + doubledRequests : 0)
    }
}

import Harness
import Orders
import Simulation

/// What customers saw when they looked.
extension Checker {
    /// Two looks of which one was answered before the other was sent happened in this order. Of those that overlap,
    /// nothing is known.
    static let readsNeverGoBack = Checker(
        "reads-never-go-back", "What a customer is shown of an order is never older than what was shown before.",
        needsWholeLog: false
    ) { history, findings in
        var sent: [UInt64: Instant] = [:]
        for entry in history.source.entries {
            guard case .requested(_, let request) = entry.event else { continue }
            sent[request.id] = entry.at
        }
        var shown = [[Sight]](repeating: [], count: history.orders.count)
        for answer in history.answers where answer.response.status < 500 {
            guard let number = answer.order else { continue }
            let order = history.orders[Int(number)]
            let isReading = answer.request.conversation.isReading
            guard let status = answer.status else {
                guard isReading else { continue }
                checkAbsence(answer, of: order, after: shown[Int(number)], &findings)
                continue
            }
            let asked = sent[answer.request.rawValue] ?? answer.at
            if isReading {
                findings.sample()
                let before = shown[Int(number)].last { $0.until <= asked && !status.canFollow($0.status) }
                if let before {
                    findings.report(
                        order.id, at: answer.at,
                        "The customer was shown '\(before.status.name)' at \(before.until), and '\(status.name)' after "
                            + "that.")
                }
            }
            shown[Int(number)].append(Sight(status: status, until: answer.at))
        }
    }

    /// An order that has been shown is there. One that was taken by another service may take its time before.
    private static func checkAbsence(
        _ answer: ClientAnswer, of order: OrderTrail, after shown: [Sight], _ findings: inout Findings
    ) {
        findings.sample()
        if !shown.isEmpty {
            findings.report(
                order.id, at: answer.at,
                "The customer has been shown the order, and then was told \(answer.response.status).")
        } else if answer.response.status != 404 {
            findings.report(
                order.id, at: answer.at, "The customer wanted to see the order and was told \(answer.response.status).")
        }
    }
}

/// How an order was shown, and when.
private struct Sight {
    var status: OrderStatus
    /// When the answer arrived.
    var until: Instant
}

extension ClientAnswer {
    /// How the order stood by this answer, if it says.
    fileprivate var status: OrderStatus? {
        guard response.isSuccess else { return nil }
        return (try? OrderAPI.decodeOrder(response.body))?.status
    }
}

extension OrderStatus {
    /// Whether an order that stood so before can stand so now, perhaps with steps between.
    fileprivate func canFollow(_ before: OrderStatus) -> Bool {
        switch (before, self) {
        case (.cancelled, _): self == .cancelled
        // A cancellation comes too late for a parcel that is planned or has left, and for nothing else.
        case (.cancelling, .pending), (.cancelling, .reserved), (.cancelling, .paid), (.cancelling, .confirmed): false
        case (.cancelling, _): true
        case (_, .cancelling), (_, .cancelled): before.isOpen
        default: stage >= before.stage
        }
    }

    /// How far on its way, where nobody cancels anything.
    private var stage: Int {
        switch self {
        case .pending: 0
        case .reserved: 1
        case .paid: 2
        case .confirmed: 3
        case .scheduled: 4
        case .shipped: 5
        case .delivered: 6
        case .cancelling, .cancelled: 7
        case .returning: 8
        case .returned: 9
        }
    }
}

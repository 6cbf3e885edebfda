import Harness
import Orders
import Services

/// What customers were told, by the ledger of the gateway for messages.
extension Checker {
    /// Of what can happen to an order several times, customers may be told as often as it happened.
    static let notifiedAtMostOnce = Checker(
        "notified-at-most-once", "No customer is told the same thing twice by the same channel."
    ) { history, findings in
        guard history.blueprint.participant(.notification) != nil else { return }
        let happened = history.happenings()
        var told: [Telling: Int] = [:]
        for message in history.messages where !message.isBounced {
            let telling = Telling(order: message.order, about: message.about, channel: message.channel)
            let count = told[telling, default: 0] + 1
            told[telling] = count
            findings.sample()
            let most = Lifecycle.repeatable.contains(message.about) ? happened[telling.happening, default: 0] : 1
            guard count > most else { continue }
            let order = history.orders[Int(message.order)].id
            let times = count == 2 ? "for the second time" : "for the \(count)th time"
            findings.report(
                order, at: message.at,
                most == 0
                    ? "The customer was told by \(message.channel.name) of a \(message.about) that never happened."
                    : "The customer was told of the \(message.about) by \(message.channel.name) \(times).")
        }
    }

    static let notifiedAtLast = Checker(
        "notified-at-last",
        "Customers are told everything that they are to be told, unless there is nobody at the address: that is recorded."
    ) { history, findings in
        guard history.isSettled, history.blueprint.participant(.notification) != nil,
            let wanted = history.blueprint.step(.notify).map({ EventSet($0.when) })
        else { return }
        var told: [Telling: Int] = [:]
        var bounced: [Telling: Int] = [:]
        for message in history.messages {
            let telling = Telling(order: message.order, about: message.about, channel: message.channel)
            if message.isBounced { bounced[telling, default: 0] += 1 } else { told[telling, default: 0] += 1 }
        }
        var judged: Set<Telling> = []
        let happened = history.happenings()
        let recorded = history.recordedRefusals()
        for event in history.events where wanted.contains(event.type) && !event.event.isReplay {
            let order = history.order(of: event)
            guard order.has(.orderCreated) else { continue }
            for channel in NotificationChannel.channels(for: event.type) {
                let telling = Telling(order: event.order, about: event.type, channel: channel)
                guard judged.insert(telling).inserted else { continue }
                findings.sample()
                let missing = happened[telling.happening, default: 0] - told[telling, default: 0]
                let refused = bounced[telling, default: 0]
                guard missing > min(refused, recorded[telling, default: 0]) else { continue }
                findings.report(
                    order.id, at: event.at,
                    missing > refused
                        ? "The customer was never told of the \(event.type) by \(channel.name)."
                        : "The gateway refused to tell the customer of the \(event.type) by \(channel.name), and no "
                            + "record says so.")
            }
        }
    }
}

/// Something that happened to an order, as often as it did.
private struct Happening: Hashable {
    var order: Int32
    var type: EventType
}

/// A customer told by a channel of something that happened to an order.
private struct Telling: Hashable {
    var order: Int32
    var about: EventType
    var channel: NotificationChannel

    var happening: Happening { Happening(order: order, type: about) }
}

extension OrderHistory {
    /// How often everything happened, by the log. Only ever looked up, never iterated.
    fileprivate func happenings() -> [Happening: Int] {
        var happenings: [Happening: Int] = [:]
        for event in events where !event.event.isReplay {
            happenings[Happening(order: event.order, type: event.type), default: 0] += 1
        }
        return happenings
    }

    /// How many messages the notification service has recorded as refused.
    fileprivate func recordedRefusals() -> [Telling: Int] {
        var refusals: [Telling: Int] = [:]
        for row in store(of: .notification).rows(NotificationRow.self) where row.status == .bounced {
            guard let order = number(known: row.key.order) else { continue }
            refusals[Telling(order: order, about: row.about, channel: row.channel), default: 0] += 1
        }
        return refusals
    }
}

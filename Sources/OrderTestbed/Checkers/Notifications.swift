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
        var tried: [Telling: Int] = [:]
        var bounced: [Telling: Int] = [:]
        for message in history.messages {
            let telling = Telling(order: message.order, about: message.about, channel: message.channel)
            tried[telling, default: 0] += 1
            if message.isBounced { bounced[telling, default: 0] += 1 }
        }
        var met: Set<Telling> = []
        let happened = history.happenings()
        let recorded = history.recordedRefusals()
        for event in history.events where wanted.contains(event.type) && !event.event.isReplay {
            let order = history.order(of: event)
            guard order.has(.orderCreated) else { continue }
            for channel in NotificationChannel.channels(for: event.type) {
                let telling = Telling(order: event.order, about: event.type, channel: channel)
                guard met.insert(telling).inserted else { continue }
                findings.sample()
                if tried[telling, default: 0] < happened[telling.happening, default: 0] {
                    findings.report(
                        order.id, at: event.at, "The customer was never told of the \(event.type) by \(channel.name).")
                }
                if bounced[telling, default: 0] != recorded[telling, default: 0] {
                    findings.report(
                        order.id, at: event.at,
                        "The gateway refused \(bounced[telling, default: 0]) messages about the \(event.type) by "
                            + "\(channel.name), and \(recorded[telling, default: 0]) are recorded as refused.")
                }
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

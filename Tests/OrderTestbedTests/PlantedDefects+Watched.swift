import Orders
import Services
import Simulation

@testable import Harness
@testable import OrderTestbed

/// What customers are told, and what is counted.
extension PlantedDefect {
    static let notifications: [PlantedDefect] = [
        PlantedDefect("notified-at-most-once", "a mail leaves twice, under another key", of: .watched) { history in
            let mail = history.bookings("email")[3]
            guard case .ledger(var entry) = history.entries[mail].event else { return }
            entry.idempotencyKey = UniqueID(drawn: 4, 2)
            history.entries.insert(History.Entry(at: history.entries[mail].at, event: .ledger(entry)), at: mail + 1)
        },
        PlantedDefect("notified-at-most-once", "news of a line that nobody cancelled", of: .watched) { history in
            let mail = history.bookings("email")[3]
            guard case .ledger(var entry) = history.entries[mail].event else { return }
            entry.unit = "LineCancelled"
            history.entries[mail].event = .ledger(entry)
        },
        PlantedDefect("notified-at-last", "a text message that never leaves", of: .watched) { history in
            history.entries.remove(at: history.bookings("sms")[0])
        },
        PlantedDefect("notified-at-last", "an order that nobody is told of", of: .watched) { history in
            let order = history.first(.shipmentDispatched).event.order
            history.entries.removeAll {
                if case .ledger(let entry) = $0.event { return entry.subject == order && entry.kind == "email" }
                return false
            }
        },
        PlantedDefect("notified-at-last", "a refusal that is not recorded", of: .watched) { history in
            let store = history.store(of: "notification")!
            let bounced = store.rows(NotificationRow.self) { $0.status == .bounced }[0]
            history.change(NotificationRow.self, of: "notification", bounced.key) { $0.status = .sent }
        },
    ]

    static let figures: [PlantedDefect] = [
        PlantedDefect("analytics-agree", "an order too many", of: .watched) { history in
            history.change(DailyOrdersRow.self, of: "analytics", BusinessDay(number: 0)) { $0.placed += 1 }
        },
        PlantedDefect("analytics-agree", "a day that nobody has written down", of: .watched) { history in
            history.remove(DailyOrdersRow.self, of: "analytics", BusinessDay(number: -1))
        },
        PlantedDefect("analytics-agree", "a refund that is not taken off", of: .watched) { history in
            let key = DailyRevenueRow.Key(day: BusinessDay(number: 0), currency: .usd)
            history.change(DailyRevenueRow.self, of: "analytics", key) { $0.refunded = .zero(.usd) }
        },
        PlantedDefect("analytics-agree", "pieces of a product that nobody ordered", of: .watched) { history in
            let row = history.store(of: "analytics")!.rows(DailyProductRow.self)[0]
            history.change(DailyProductRow.self, of: "analytics", row.key) { $0.pieces += 2 }
        },
        PlantedDefect("analytics-agree", "an order under two statuses", of: .watched) { history in
            let key = StatusCountRow(.cancelled).key
            history.change(StatusCountRow.self, of: "analytics", key) { $0.orders += 1 }
        },
    ]
}

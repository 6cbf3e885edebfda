/// A value that stands in JSON by its name.
protocol WireNamed: CaseIterable {
    var name: StaticString { get }
}

extension EventType: WireNamed {}
extension FraudRule: WireNamed {}
extension NotificationChannel: WireNamed {}
extension OrderStatus: WireNamed {}
extension Reason: WireNamed {}

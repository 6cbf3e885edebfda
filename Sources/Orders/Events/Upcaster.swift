/// Turns events of earlier versions into those of the current one: what a version added, an event of an earlier one does
/// not have, and this says what it comes to. A field that is there counts, whatever the version.
struct Upcaster {
    /// The version in which the event was written.
    let version: Event.Version

    /// Until 1.1 all amounts were US dollars.
    func currency(_ found: Currency?) -> Currency? { found ?? before(1, .usd) }

    /// Until 1.1 a refusal did not say how many pieces were asked for; it was one at least.
    func refusedQuantity(_ found: Int32?) -> Int32? { found ?? before(1, 1) }

    /// Until 1.1 there were e-mails only.
    func channel(_ found: NotificationChannel?) -> NotificationChannel? { found ?? before(1, .email) }

    /// The version that the event has when all that is missing has been added. Later minor versions keep their number:
    /// what they added is unknown here, and lost.
    var upcastVersion: Event.Version { version.minor < Event.Version.current.minor ? .current : version }

    private func before<Value>(_ minor: UInt16, _ value: Value) -> Value? { version.minor < minor ? value : nil }
}

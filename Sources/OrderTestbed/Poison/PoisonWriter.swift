import Harness
import Kafka
import Orders
import Services
import Simulation

/// Writes what a broken producer would write: an event of the topic's own kind, with one thing wrong with it.
struct PoisonWriter {
    /// Who writes it, as far as its headers say: no service of the system.
    static let name = "stranger"

    /// More than a service reads, and less than Kafka's `message.max.bytes`.
    private static let hugeNote = String(repeating: "x", count: EventCodec.maximumSize)

    let blueprint: Blueprint
    let draws: Draws

    /// Nil for a topic that carries no events.
    func record(_ kind: PoisonKind, for topic: String, number: UInt64) -> Record? {
        guard let type = blueprint.publications.first(where: { $0.topic == topic })?.event else { return nil }
        let order = Identifier(
            prefix: "ORD-", number: draws.bits(.order, number) % 100_000_000_000, digits: 11)
        let event = Event(
            id: UniqueID(drawn: draws.bits(.event, number, 0), draws.bits(.event, number, 1)),
            correlation: UniqueID(drawn: draws.bits(.event, number, 2), draws.bits(.event, number, 3)),
            causation: nil, at: .zero, payload: EventContract(of: type).example(order: order).payload)
        let codec = EventCodec(names: blueprint.names, source: Self.name)
        var record = codec.record(event)
        record.value = spoiled(codec.encode(event), kind, of: order, blueprint.names[event.type], number)
        if draws.chance(0.2, .key, number) { record.key = nil }
        if kind == .unknownEvent, let index = record.headers.firstIndex(where: { $0.name == EventHeader.type }) {
            record.headers[index] = Header(EventHeader.type, "OrderTeleported")
        }
        return record
    }

    private func spoiled(
        _ json: [UInt8], _ kind: PoisonKind, of order: Identifier, _ type: String, _ number: UInt64
    ) -> [UInt8]? {
        switch kind {
        case .truncatedJSON: Array(json.prefix(1 + draws.index(below: json.count - 1, .cut, number)))
        case .wrongType: json.replacing("\"\(order)\"", with: "42")
        case .unknownVersion: json.replacing("\"version\":\"\(Event.Version.current)\"", with: "\"version\":\"7.0\"")
        case .unknownEvent: json.replacing("\"\(type)\"", with: "\"OrderTeleported\"")
        case .missingField: json.replacing("\"orderId\"", with: "\"orderNumber\"")
        case .huge:
            json.replacing("\"payload\":{", with: "\"payload\":{\"note\":\"\(Self.hugeNote)\",")
        case .notUTF8: json.replacing("\"eventType\":\"", with: Array("\"eventType\":\"".utf8) + [0xc3, 0x28])
        // A value without bytes, or none at all.
        case .empty: draws.chance(0.5, .cut, number) ? [] : nil
        }
    }
}

extension [UInt8] {
    fileprivate func replacing(_ text: String, with replacement: String) -> [UInt8] {
        replacing(text, with: Array(replacement.utf8))
    }

    fileprivate func replacing(_ text: String, with replacement: [UInt8]) -> [UInt8] {
        replacing(Array(text.utf8), with: replacement, maxReplacements: 1)
    }
}

extension Purpose {
    fileprivate static let order = Purpose("poison.order")
    fileprivate static let event = Purpose("poison.event")
    fileprivate static let key = Purpose("poison.key")
    fileprivate static let cut = Purpose("poison.cut")
}

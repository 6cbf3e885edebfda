import Kafka
import Services
import Simulation

/// Holds what services publish against the contracts, more strictly than a consumer does: a producer writes what the
/// current version has, and nothing else.
public struct ContractCheck: Sendable {
    private let blueprint: Blueprint
    private let codec: EventCodec
    /// By `EventType.rawValue`.
    private let terms: [Terms]

    /// What is agreed about one kind of event.
    private struct Terms {
        let fields: [ContractField]
        let name: [UInt8]
        let topic: String?
        let source: [UInt8]
        /// The codec of who publishes it.
        let codec: EventCodec
    }

    /// The contracts of a blueprint's events.
    public init(_ blueprint: Blueprint) {
        self.blueprint = blueprint
        let names = blueprint.names
        codec = EventCodec(names: names)
        terms = EventContract.all.map { contract in
            let service = contract.producer(in: blueprint)?.name ?? ""
            return Terms(
                fields: contract.fields, name: names.bytes(of: contract.type),
                topic: contract.publication(in: blueprint)?.topic, source: Array(EventHeader.source(of: service).utf8),
                codec: EventCodec(names: names, source: service))
        }
    }

    /// Whether a record is, to the last byte, what the codec writes for an event: then there is nothing to look for, since
    /// the codec writes what the contracts say. Far cheaper than looking; false says nothing.
    public func isExact(_ record: Record, as event: Event, in topic: String) -> Bool {
        let terms = terms[Int(event.type.rawValue)]
        return event.version == .current && topic == terms.topic && record == terms.codec.record(event)
    }

    /// What is wrong with a record in a topic, as a sentence; nil when nothing is.
    public func finding(in record: Record, of topic: String) -> String? {
        let event: Event
        do { event = try codec.decode(record) } catch { return "It cannot be read: \(error.message)." }
        let terms = terms[Int(event.type.rawValue)]
        do {
            try JSONScanner.scan(record.value ?? []) { (scanner) throws(JSONError) in
                try scanner.match(terms.fields, name: terms.name)
            }
        } catch {
            return "\(event.type): \(error.message)."
        }
        if let finding = finding(inPlaceOf: event, terms, topic) { return finding }
        return finding(inHeadersOf: record, event, terms)
    }

    /// Replays go where they were asked to go.
    private func finding(inPlaceOf event: Event, _ terms: Terms, _ topic: String) -> String? {
        guard let home = terms.topic else { return "\(event.type) is not published by '\(blueprint.name)'." }
        if topic == home || event.isReplay { return nil }
        return "\(event.type) belongs into topic '\(home)'."
    }

    private func finding(inHeadersOf record: Record, _ event: Event, _ terms: Terms) -> String? {
        if record.key.flatMap({ Identifier($0) }) != event.order { return "\(event.type): the key is not the order." }
        for contract in HeaderContract.all {
            var values = record.headers.lazy.filter { $0.name == contract.name }.map(\.value).makeIterator()
            let found = values.next()
            if values.next() != nil { return "\(event.type): header '\(contract.name)' is there twice." }
            let wanted = wanted(contract, of: event, terms)
            if found == nil, wanted != nil { return "\(event.type): header '\(contract.name)' is missing." }
            if found != wanted {
                let shown = found.map { String(decoding: $0, as: UTF8.self) } ?? ""
                return "\(event.type): header '\(contract.name)' says '\(shown)', which is not what the event says."
            }
        }
        return nil
    }

    /// What a header must say; nil when it must not be there.
    private func wanted(_ header: HeaderContract, of event: Event, _ terms: Terms) -> [UInt8]? {
        if let constant = header.constant { return Array(constant.utf8) }
        func text(_ id: UniqueID) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(36)
            id.write(to: &bytes)
            return bytes
        }
        switch header.name {
        case EventHeader.type: return terms.name
        // A replay is published by whoever keeps the orders of the past.
        case EventHeader.source where !event.isReplay: return terms.source
        case EventHeader.source:
            return blueprint.participant(.order).map { Array(EventHeader.source(of: $0.name).utf8) } ?? terms.source
        case EventHeader.id: return text(event.id)
        case EventHeader.time:
            return [UInt8](unsafeUninitializedCapacity: Instant.rfc3339Length) { buffer, count in
                if let base = buffer.baseAddress { event.at.writeRFC3339(to: base) }
                count = Instant.rfc3339Length
            }
        case EventHeader.subject: return event.order.bytes
        case EventHeader.traceParent:
            let dash = UInt8(ascii: "-")
            let trace = text(event.correlation).filter { $0 != dash }
            let span = text(event.id).filter { $0 != dash }.suffix(16)
            return Array("00-".utf8) + trace + [dash] + span + Array("-01".utf8)
        case EventHeader.correlation: return text(event.correlation)
        case EventHeader.causation: return event.causation.map(text)
        default: preconditionFailure("nobody knows what header '\(header.name)' says")
        }
    }
}

extension JSONScanner {
    /// Passes over an object that has these fields, each once, and no others.
    fileprivate mutating func match(_ fields: [ContractField], name eventName: [UInt8]) throws(JSONError) {
        var seen: UInt64 = 0
        try beginObject()
        while let name = try nextField() {
            guard let index = fields.firstIndex(where: { name.equals(text: $0.name) }) else {
                throw invalid("there is no such field in the contract")
            }
            guard seen & 1 << UInt64(index) == 0 else { throw invalid("the field is there twice") }
            seen |= 1 << UInt64(index)
            try match(fields[index], name: eventName)
        }
        for (index, field) in fields.enumerated() where field.isRequired && seen & 1 << UInt64(index) == 0 {
            throw JSONError(.missingField, "there is no '\(field.name)'")
        }
    }

    private mutating func match(_ field: ContractField, name eventName: [UInt8]) throws(JSONError) {
        if field.isNullable, try skipNull() { return }
        switch field.type {
        case .uuid: _ = try uniqueID()
        case .moment: _ = try instant()
        case .identifier: _ = try identifier()
        case .currency: _ = try currency()
        case .amount: if try decimal().mantissa < 0 { throw invalid("an amount is not negative") }
        case .count: _ = try quantity()
        case .flag: _ = try boolean()
        case .version:
            guard try text().equals(Event.Version.currentText) else { throw invalid("it is not the current version") }
        case .eventName:
            guard try text().unescaped() == eventName else { throw invalid("it is not the kind's name") }
        case .oneOf(let words), .word(let words):
            let text = try text()
            guard words.contains(where: { text.equals(text: $0) }) else { throw invalid("it is none of the words") }
        case .object(let fields): try match(fields, name: eventName)
        case .list(let fields):
            var count = 0
            try beginArray()
            while try nextElement() {
                try match(fields, name: eventName)
                count += 1
            }
            guard count > 0 else { throw invalid("there must be one at least") }
        }
    }
}

import Services
import Simulation

/// Encodes any value as JSON that people read: moments and lengths of time as they are written, bytes as text.
///
/// Foundation's encoder would need Foundation, and writes bytes as lists of numbers.
final class RowJSON: Encoder {
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private let slot: Slot

    /// A place in the document that is filled as the value tells what it consists of.
    fileprivate final class Slot {
        var value = JSONValue.null
        var members: [(key: String, slot: Slot)]?
        var elements: [Slot]?

        var json: JSONValue {
            if let members { return .object(members.map { ($0.key, $0.slot.json) }) }
            if let elements { return .array(elements.map(\.json)) }
            return value
        }

        func add(_ key: String) -> Slot {
            let slot = Slot()
            members = (members ?? []) + [(key, slot)]
            return slot
        }

        func append() -> Slot {
            let slot = Slot()
            elements = (elements ?? []) + [slot]
            return slot
        }

        func encode(_ value: some Encodable) throws {
            switch value {
            case let moment as Instant: self.value = .text("\(moment)")
            case let length as Duration: self.value = .text("\(length)")
            case let bytes as [UInt8]: self.value = .text(RowJSON.text(bytes))
            default: try value.encode(to: RowJSON(self))
            }
        }
    }

    private init(_ slot: Slot) { self.slot = slot }

    /// A value as JSON; null where it refuses to be encoded.
    static func json(_ value: some Encodable) -> JSONValue {
        let slot = Slot()
        do { try slot.encode(value) } catch { return .null }
        return slot.json
    }

    /// Bytes as text, or how many there are where they are none.
    static func text(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? "\(bytes.count) bytes that are no text"
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if slot.members == nil { slot.members = [] }
        return KeyedEncodingContainer(Members(slot: slot))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if slot.elements == nil { slot.elements = [] }
        return Elements(slot: slot)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(slot: slot) }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let slot: Slot
        let codingPath: [any CodingKey] = []

        func encodeNil(forKey key: Key) { slot.add(key.stringValue).value = .null }
        func encode(_ value: some Encodable, forKey key: Key) throws { try slot.add(key.stringValue).encode(value) }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { RowJSON(slot.add(key.stringValue)).container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            RowJSON(slot.add(key.stringValue)).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { RowJSON(slot.add("super")) }
        func superEncoder(forKey key: Key) -> any Encoder { RowJSON(slot.add(key.stringValue)) }
    }

    private struct Elements: UnkeyedEncodingContainer {
        let slot: Slot
        let codingPath: [any CodingKey] = []
        var count: Int { slot.elements?.count ?? 0 }

        func encodeNil() { slot.append().value = .null }
        func encode(_ value: some Encodable) throws { try slot.append().encode(value) }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            RowJSON(slot.append()).container(keyedBy: type)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { RowJSON(slot.append()).unkeyedContainer() }
        func superEncoder() -> any Encoder { RowJSON(slot.append()) }
    }

    private struct Single: SingleValueEncodingContainer {
        let slot: Slot
        let codingPath: [any CodingKey] = []

        func encodeNil() { slot.value = .null }
        func encode(_ value: Bool) { slot.value = .flag(value) }
        func encode(_ value: String) { slot.value = .text(value) }
        func encode(_ value: Double) { slot.value = .real(value) }
        func encode(_ value: Float) { slot.value = .real(Double(value)) }
        func encode(_ value: Int) { slot.value = .integer(value) }
        func encode(_ value: Int8) { slot.value = .integer(value) }
        func encode(_ value: Int16) { slot.value = .integer(value) }
        func encode(_ value: Int32) { slot.value = .integer(value) }
        func encode(_ value: Int64) { slot.value = .integer(value) }
        func encode(_ value: UInt) { slot.value = .integer(value) }
        func encode(_ value: UInt8) { slot.value = .integer(value) }
        func encode(_ value: UInt16) { slot.value = .integer(value) }
        func encode(_ value: UInt32) { slot.value = .integer(value) }
        func encode(_ value: UInt64) { slot.value = .integer(value) }
        func encode(_ value: some Encodable) throws { try slot.encode(value) }
    }
}

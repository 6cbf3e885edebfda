import Services
import Simulation

/// A kind of service: its processes, and the store that they share.
public struct ServiceView: Sendable {
    public var name: String
    public var group: String
    public var instances: [InstanceView]
    let store: ValueStore

    /// Every table that was ever written, in that order.
    public var tables: [TableView] { store.rowTypes.map { TableView(name: $0.table, type: $0, store: store) } }

    /// The table of a name.
    public func table(_ name: String) -> TableView? { tables.first { $0.name == name } }
}

/// A table of a store.
public struct TableView: Sendable {
    public var name: String
    let type: any Row.Type
    let store: ValueStore

    /// How many rows it has.
    public var count: Int {
        func count<R: Row>(_ type: R.Type) -> Int { store.count(of: R.self) }
        let type = type
        return count(type)
    }

    /// Its rows, in order of their keys.
    public var rows: [RowView] {
        func rows<R: Row>(_ type: R.Type) -> [RowView] { store.rows(R.self).map { RowView(of: $0) } }
        let type = type
        return rows(type).sorted { $0.key < $1.key }
    }
}

/// A row as text.
public struct RowView: Sendable, Equatable {
    /// `ORD-00000001`; the parts of a longer key stand behind one another, `ORD-00000001/2`.
    public var key: String
    /// The row as an object of its properties, the key among them.
    package var value: JSONValue

    /// The row as JSON, on one line.
    public var json: String { value.compact }

    package init(of row: some Row) {
        key = Self.text(of: row.key)
        value = RowJSON.json(row)
    }

    /// A key as text.
    package static func text(of key: some RowKey) -> String { text(RowJSON.json(key)) }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .text(let text): text
        case .object(let members): members.map { text($0.value) }.joined(separator: "/")
        case .array(let elements): elements.map(text).joined(separator: "/")
        case .null, .flag, .number: value.compact
        }
    }

    /// Whether the key or any text in the row is this word: `ORD-1` is none of `ORD-10`.
    public func mentions(_ word: String) -> Bool { Self.mentions(word, in: key) || mentions(word, in: value) }

    private func mentions(_ word: String, in value: JSONValue) -> Bool {
        switch value {
        case .text(let text): Self.mentions(word, in: text)
        case .object(let members): members.contains { mentions(word, in: $0.value) }
        case .array(let elements): elements.contains { mentions(word, in: $0) }
        case .null, .flag, .number: false
        }
    }

    private static func mentions(_ word: String, in text: String) -> Bool { Word(word).stands(in: Array(text.utf8)) }
}

/// A word that is looked for: it stands in a text where neither letters, digits nor dashes adjoin.
package struct Word: Sendable {
    private let bytes: [UInt8]

    package init(_ text: String) { bytes = Array(text.utf8) }

    /// Whether it stands somewhere in the text.
    package func stands(in text: [UInt8]) -> Bool {
        guard !bytes.isEmpty, text.count >= bytes.count else { return false }
        for start in 0...(text.count - bytes.count) where text[start] == bytes[0] {
            guard text[start..<(start + bytes.count)].elementsEqual(bytes) else { continue }
            let before = start == 0 ? nil : text[start - 1]
            let after = start + bytes.count == text.count ? nil : text[start + bytes.count]
            if !Self.isPart(before) && !Self.isPart(after) { return true }
        }
        return false
    }

    private static func isPart(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "-")
    }
}

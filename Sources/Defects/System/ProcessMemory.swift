import Orders
import Services
import Simulation

/// What a process remembers under a key: gone when it dies, and unknown to others. A row, because a service is a value
/// and keeps nothing itself; each life of a process has its own.
struct Remembered<Content: Row>: Row {
    struct Key: RowKey {
        var life: InstanceID
        var subject: UInt64

        var stableHash: UInt64 {
            mixed(
                subject &+ UInt64(UInt32(bitPattern: life.number)) << 32 &+ UInt64(UInt32(bitPattern: life.incarnation))
            )
        }
    }

    static var table: String { "remembered_\(Content.table)" }
    var key: Key
    var content: Content
}

/// What a service with a defect notes about something.
struct NoteRow: Row {
    static let table = "notes"
    var key: Identifier
    var number: Int64 = 0
    var event: UniqueID?
    var at = Instant.zero
    var life: InstanceID?
}

extension Transaction {
    func remembered<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? {
        try get(Remembered<R>.self, .init(life: instance, subject: key.stableHash))?.content
    }

    mutating func remember<R: Row>(_ row: R) throws {
        try put(Remembered(key: .init(life: instance, subject: row.key.stableHash), content: row))
    }

    /// Does something with a row as this process remembers it, whatever has become of it in the store since.
    mutating func withCached<R: Row>(
        _ type: R.Type, _ key: R.Key, _ body: (inout Transaction) throws -> Void
    ) throws {
        let stored = try get(R.self, key)
        let cached = try remembered(R.self, key)
        if let cached { try put(cached) }
        try body(&self)
        guard let row = try get(R.self, key) else { return }
        try remember(row)
        // What was only read is not written back.
        guard let cached, row == cached else { return }
        if let stored { try put(stored) } else { try delete(R.self, key) }
    }

    /// Handles an event unless this process remembers that it has done so; what others have done it does not know.
    mutating func handleUnlessRemembered(_ event: Event, _ body: (inout Transaction) throws -> Void) throws {
        if try remembered(InboxRow.self, event.id) != nil { return }
        try delete(InboxRow.self, event.id)
        try body(&self)
        if let row = try get(InboxRow.self, event.id) { try remember(row) }
    }

    /// What is noted; empty where nothing is.
    func note(_ key: Identifier) throws -> NoteRow { try get(NoteRow.self, key) ?? NoteRow(key: key) }
}

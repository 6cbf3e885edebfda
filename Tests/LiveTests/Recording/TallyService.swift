import Kafka
import Services
import Simulation

/// How often something was seen.
struct TallyRow: Row {
    static let table = "tallies"
    var key: Identifier
    var count: Int64
    var note: String?
}

/// A small service that does everything a service can do; `change` is a line that somebody changed since.
struct TallyService: Service {
    enum Change: CaseIterable {
        case none
        /// One more is counted from the tenth time on.
        case count
        /// Requests without a key are answered otherwise.
        case response
        /// What is forwarded has another header.
        case header
        /// Another row is read.
        case read
        /// A deadline is set later.
        case deadline
    }

    struct Unlucky: Error {}

    var change = Change.none
    let name = "tally"
    let subscriptions = [TopicID(rawValue: 0)]
    let tables: [any Row.Type] = [TallyRow.self]
    var topics: TopicTable {
        var table = TopicTable()
        for name in ["in", "out", "in.dlq"] { _ = table.intern(name) }
        return table
    }

    func deadLetterTopic(for topic: TopicID) -> TopicID { TopicID(rawValue: 2) }

    func prepare(_ transaction: inout Transaction) throws {
        try count(Identifier(literal: "preparations"), in: &transaction)
    }

    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        guard let key = record.record.key.flatMap({ Identifier($0) }), let verb = record.record.value?.first else {
            throw Poison("Empty", "there is nothing in it")
        }
        let id = UniqueID(hashing: (record.record.value ?? []) + key.bytes)
        guard try transaction.accept(event: id, correlation: id) else { return }
        try count(key, in: &transaction)
        switch verb {
        case UInt8(ascii: "f"):
            var copy = record.record
            copy.headers.append(Header("by", change == .header ? "Tally" : "tally"))
            try transaction.publish(copy, to: TopicID(rawValue: 1), inOrderOf: key)
        case UInt8(ascii: "c"): try transaction.call(subject: key, payload: Array("please".utf8))
        case UInt8(ascii: "d"):
            try transaction.setDeadline(1, for: key, after: .milliseconds(change == .deadline ? 31 : 30))
        case UInt8(ascii: "x"): throw Unlucky()
        case UInt8(ascii: "n"): break
        default: throw Poison("Strange", "'\(verb)' means nothing")
        }
    }

    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        let rows = try transaction.rows(TallyRow.self) { $0.count > 1 }
        if change == .read { _ = try transaction.get(TallyRow.self, Identifier(literal: "nobody")) }
        try count(Identifier(literal: "requests"), in: &transaction)
        let status = change == .response && request.idempotencyKey == nil ? 200 : 201
        return Response(status: status, body: Array("\(rows.count)".utf8) + request.body)
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        try count(Identifier(literal: "answers"), in: &transaction)
    }

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        let record = Record(key: deadline.key.subject.bytes, value: Array("deadline".utf8))
        try transaction.publish(record, to: TopicID(rawValue: 1), inOrderOf: deadline.key.subject)
    }

    private func count(_ key: Identifier, in transaction: inout Transaction) throws {
        var row = try transaction.get(TallyRow.self, key) ?? TallyRow(key: key, count: 0)
        row.count += change == .count && row.count >= 10 ? 2 : 1
        if row.count.isMultiple(of: 7) { row.note = "the \(row.count)th" }
        try transaction.put(row)
    }
}

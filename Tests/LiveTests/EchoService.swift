import Kafka
import Services
import Simulation

/// How often a key was handled.
struct CountRow: Row {
    static let table = "counts"
    var key: Identifier
    var count: Int64
}

/// Counts records by key, sends them on from `in` to `out`, and asks a provider when they say `call`. What says `poison` is
/// poison.
struct EchoService: Service {
    let name = "echo"
    let topics: TopicTable = {
        var table = TopicTable()
        for name in ["in", "out", "in.dlq"] { _ = table.intern(name) }
        return table
    }()
    let subscriptions = [TopicID(rawValue: 0)]
    var tables: [any Row.Type] { [CountRow.self] }

    func deadLetterTopic(for topic: TopicID) -> TopicID { TopicID(rawValue: 2) }
    func prepare(_ transaction: inout Transaction) throws {}

    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        let text = String(decoding: record.record.value ?? [], as: UTF8.self)
        guard text != "poison", let key = record.record.key.flatMap({ Identifier($0) }) else {
            throw Poison("Strange", "it says poison")
        }
        let place = UniqueID(hashing: "\(record.partition.partition)@\(record.offset)".utf8)
        guard try transaction.accept(event: place, correlation: place) else { return }
        try count(key, in: &transaction)
        if text == "call" { return try transaction.call(subject: key, payload: [1]) }
        if text == "deadline" { return try transaction.setDeadline(1, for: key, after: .milliseconds(300)) }
        try transaction.publish(record.record, to: TopicID(rawValue: 1), inOrderOf: key)
    }

    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        try count(Identifier(literal: "requests"), in: &transaction)
        return Response(status: 201, body: request.body)
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        try count(Identifier(literal: "answers"), in: &transaction)
    }

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        try count(Identifier(literal: "deadlines"), in: &transaction)
    }

    private func count(_ key: Identifier, in transaction: inout Transaction) throws {
        var row = try transaction.get(CountRow.self, key) ?? CountRow(key: key, count: 0)
        row.count += 1
        try transaction.put(row)
    }
}

import Kafka
import Simulation
import Stores

@testable import Services

/// A row that counts what was handled for a key.
struct CountRow: Row {
    static let table = "counts"
    var key: Identifier
    var count: Int64
}

/// The smallest service that uses everything: it counts records and forwards them. `fail` is counted, and then fails.
struct RelayService: Service {
    struct Unlucky: Error {}

    let name = "relay"
    let subscriptions = [TopicID(rawValue: 0)]
    var topics: TopicTable {
        var table = TopicTable()
        for name in ["in", "out", "in.dlq"] { _ = table.intern(name) }
        return table
    }
    var tables: [any Row.Type] { [CountRow.self] }

    func deadLetterTopic(for topic: TopicID) -> TopicID { TopicID(rawValue: 2) }
    func prepare(_ transaction: inout Transaction) throws {}

    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        guard let key = record.record.key.flatMap({ Identifier($0) }), let value = record.record.value else {
            throw Poison("Empty", "there is nothing in it")
        }
        let id = UniqueID(hashing: value)
        guard try transaction.accept(event: id, correlation: id) else { return }
        var row = try transaction.get(CountRow.self, key) ?? CountRow(key: key, count: 0)
        row.count += 1
        try transaction.put(row)
        try transaction.publish(record.record, to: TopicID(rawValue: 1), inOrderOf: key)
        if value.starts(with: "fail".utf8) { throw Unlucky() }
    }

    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        Response(status: 201, body: request.body)
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {}
    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {}
}

/// Drives one instance over a store by hand.
final class Desk {
    static let partition = TopicPartition(TopicID(rawValue: 0), 0)

    let store: any ServiceStore
    var now: Instant
    private var instance: Instance
    private var timers: [(timer: Timer, at: Instant)] = []
    /// What was handed to Kafka, and not acknowledged yet.
    var produced: [(tag: UInt64, key: String, value: String)] = []
    private(set) var responses: [Response] = []
    /// How many rows each transaction wrote.
    private(set) var writes: [Int] = []

    init(_ store: any ServiceStore, number: Int32, life: Int32 = 1, at now: Instant = .zero) {
        self.store = store
        self.now = now
        instance = Instance(
            id: InstanceID(number: number, incarnation: life), of: RelayService(), settings: RuntimeSettings(),
            draws: Draws(seed: UInt64(number) << 8 | UInt64(life)))
    }

    func start() throws {
        try send(.started)
        try send(.assigned([Self.partition]))
    }

    func send(_ signal: Signal) throws {
        var signals = [signal]
        while !signals.isEmpty {
            var effects: [Effect] = []
            instance.receive(signals.removeFirst(), at: now, into: &effects)
            for effect in effects {
                if let answer = try carryOut(effect) { signals.append(answer) }
            }
        }
    }

    private func carryOut(_ effect: Effect) throws -> Signal? {
        switch effect {
        case .transact(let batch):
            let outcome = try store.transact { set in
                let outcome = try instance.perform(batch, in: set, at: now)
                let counter = WriteCounter()
                try set.write(to: counter)
                writes.append(counter.count)
                return outcome
            }
            return .committed(outcome)
        case .produce(let tag, _, let record):
            let (key, value) = (record.key ?? [], record.value ?? [])
            produced.append((tag, String(decoding: key, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        case .commitOffsets: return .offsetsCommitted(.none)
        case .setTimer(let timer, let at): timers.append((timer, at))
        case .respond(_, let response): responses.append(response)
        default: break
        }
        return nil
    }

    func receive(_ records: [(key: String, value: String)], from offset: Int64 = 0) throws {
        let records = records.enumerated().map { index, record in
            ConsumerRecord(
                partition: Self.partition, offset: offset + Int64(index),
                record: Record(key: Array(record.key.utf8), value: Array(record.value.utf8)))
        }
        try send(.records(Self.partition, records))
    }

    /// Kafka takes the record that was handed over first.
    func acknowledge() throws -> (key: String, value: String) {
        let (tag, key, value) = produced.removeFirst()
        try send(.delivered(tag: tag))
        return (key, value)
    }

    /// Lets time pass and timers fire.
    func wait(_ duration: Duration) throws {
        let end = now + duration
        while let index = timers.indices.filter({ timers[$0].at <= end }).min(by: { timers[$0].at < timers[$1].at }) {
            let (timer, at) = timers.remove(at: index)
            now = max(now, at)
            try send(.timer(timer))
        }
        now = end
    }
}

private final class WriteCounter: RowSink {
    var count = 0
    func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) { count += 1 }
}

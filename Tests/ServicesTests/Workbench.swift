import Kafka
import Services
import Simulation

/// A row that counts what was handled for a key.
struct CountRow: Row {
    static let table = "counts"
    var key: Identifier
    var count: Int64
}

/// The smallest service that uses everything: it counts records, forwards them, and calls a provider when told to.
///
/// Values: `count ID`, `fragile ID`, `forward ID`, `call ID`, `deadline ID`, `fail`, anything else is poison. `ID` is the event's.
struct CountingService: Service {
    let name = "counting"
    let subscriptions = [TopicID(rawValue: 0)]
    var topics: TopicTable {
        var table = TopicTable()
        for name in ["in", "out", "in.dlq", "in-retry-1", "in-retry-2", "in-retry-3"] { _ = table.intern(name) }
        return table
    }

    struct Unlucky: Error {}

    /// Until then, everything fails but requests and records that are not fragile.
    var brokenUntil = Instant.zero

    private func failWhileBroken(_ transaction: borrowing Transaction) throws {
        if transaction.now < brokenUntil { throw Unlucky() }
    }

    var tables: [any Row.Type] { [CountRow.self] }
    func deadLetterTopic(for topic: TopicID) -> TopicID { TopicID(rawValue: 2) }
    func prepare(_ transaction: inout Transaction) throws {
        try failWhileBroken(transaction)
        try count(Identifier(literal: "preparations"), in: &transaction)
    }

    func handle(_ record: ConsumerRecord, in transaction: inout Transaction) throws {
        let words = String(decoding: record.record.value ?? [], as: UTF8.self).split(separator: " ").map(String.init)
        guard let key = record.record.key.flatMap({ Identifier($0) }), let verb = words.first else {
            throw Poison("Empty", "there is nothing in it")
        }
        if verb == "fail" { throw Unlucky() }
        if verb == "fragile" { try failWhileBroken(transaction) }
        guard words.count == 2 else { throw Poison("Strange", "'\(verb)' means nothing") }
        let id = UniqueID(hashing: words[1].utf8)
        guard try transaction.accept(event: id, correlation: id) else { return }
        try count(key, in: &transaction)
        switch verb {
        case "count", "fragile": break
        case "forward": try transaction.publish(record.record, to: TopicID(rawValue: 1), inOrderOf: key)
        case "call": try transaction.call(subject: key, payload: Array("please".utf8))
        case "deadline": try transaction.setDeadline(1, for: key, after: .seconds(3))
        default: throw Poison("Strange", "'\(verb)' means nothing")
        }
    }

    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        try count(Identifier(literal: "requests"), in: &transaction)
        return Response(status: 201, body: request.body)
    }

    func handle(_ answer: ProviderAnswer, to call: ProviderCall, in transaction: inout Transaction) throws {
        try failWhileBroken(transaction)
        try count(Identifier(literal: answer == .gaveUp ? "gave-up" : "answers"), in: &transaction)
    }

    func handle(_ deadline: Deadline, in transaction: inout Transaction) throws {
        try failWhileBroken(transaction)
        try count(Identifier(literal: "deadlines"), in: &transaction)
        let record = Record(key: deadline.key.subject.bytes, value: Array("deadline".utf8))
        try transaction.publish(record, to: TopicID(rawValue: 1), inOrderOf: deadline.key.subject)
    }

    private func count(_ key: Identifier, in transaction: inout Transaction) throws {
        var row = try transaction.get(CountRow.self, key) ?? CountRow(key: key, count: 0)
        row.count += 1
        try transaction.put(row)
    }
}

/// Drives one instance by hand: its store, its clock, and everything it asked for and has not got.
struct Workbench {
    static let partition = TopicPartition(TopicID(rawValue: 0), 0)

    var store = ValueStore()
    var now = Instant.zero
    var instance: Instance
    var effects: [Effect] = []
    var timers: [(timer: Timer, at: Instant)] = []
    var produced: [(tag: UInt64, topic: TopicID, value: String)] = []
    var calls: [ProviderCall] = []
    var commits: [Int64] = []
    var responses: [Response] = []
    var finishedRevocations = 0
    /// Steps of Kafka transactions that were asked for; each is to be answered.
    var steps: [PublicationStep] = []
    var begunPublications = 0
    var failures: [ErrorCode] = []

    init(
        store: ValueStore = ValueStore(), at now: Instant = .zero, number: Int32 = 1, life: Int32 = 1,
        policies: RuntimePolicies = RuntimePolicies(), brokenUntil: Instant = .zero
    ) {
        self.store = store
        self.now = now
        var settings = RuntimeSettings()
        settings.policies = policies
        instance = Instance(
            id: InstanceID(number: number, incarnation: life), of: CountingService(brokenUntil: brokenUntil),
            settings: settings,
            draws: Draws(seed: UInt64(number) << 8 | UInt64(life)))
        send(.started)
        send(.assigned([Self.partition]))
        settle()
    }

    /// A signal, and the effects that need no decision.
    mutating func send(_ signal: Signal) {
        var asked: [Effect] = []
        instance.receive(signal, at: now, into: &asked)
        for effect in asked {
            switch effect {
            case .produce(let tag, let topic, let record):
                produced.append((tag, topic, String(decoding: record.value ?? [], as: UTF8.self)))
            case .commitOffsets(let offsets): commits += offsets.map(\.1)
            case .setTimer(let timer, let at): timers.append((timer, at))
            case .call(let call): calls.append(call)
            case .respond(_, let response): responses.append(response)
            case .finishRevocation: finishedRevocations += 1
            case .beginPublication: begunPublications += 1
            case .publication(let step): steps.append(step)
            case .failed(let error): failures.append(error)
            case .transact, .pause, .resume, .stopped: effects.append(effect)
            }
        }
    }

    /// The batch that waits for the store.
    mutating func takeBatch() -> Batch? {
        for (index, effect) in effects.enumerated() {
            if case .transact(let batch) = effect {
                effects.remove(at: index)
                return batch
            }
        }
        return nil
    }

    /// Commits what waits; the answer may be lost.
    mutating func transact(losingAnswer: Bool = false) {
        guard let batch = takeBatch() else { return }
        let outcome = instance.perform(batch, in: &store, at: now)
        store.commit()
        send(losingAnswer ? .transactionFailed(batch: batch.id) : .committed(outcome))
    }

    /// Answers the step of a Kafka transaction that waits; whatever the store has to do afterwards is done, too.
    mutating func answerStep(_ error: TransactionError? = nil) {
        guard !steps.isEmpty else { return }
        send(.publicationStep(steps.removeFirst(), error))
        settle()
    }

    /// Commits until nothing waits.
    mutating func settle() {
        while effects.contains(where: { if case .transact = $0 { true } else { false } }) {
            transact()
            send(.offsetsCommitted(.none))
        }
    }

    /// Lets time pass and timers fire.
    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let index = timers.indices.filter({ timers[$0].at <= end }).min(by: { timers[$0].at < timers[$1].at }) {
            let (timer, at) = timers.remove(at: index)
            now = max(now, at)
            send(.timer(timer))
            settle()
        }
        now = end
    }

    mutating func receive(_ values: [String], from offset: Int64 = 0, key: String = "k") {
        let records = values.enumerated().map { index, value in
            ConsumerRecord(
                partition: Self.partition, offset: offset + Int64(index),
                record: Record(key: Array(key.utf8), value: Array(value.utf8)))
        }
        send(.records(Self.partition, records))
    }

    /// Hands an event of the outbox to the instance, as it stands in the log of the topic that it goes to.
    mutating func receive(_ message: OutboxMessage, at offset: Int64 = 0) {
        let partition = TopicPartition(message.topic, 0)
        send(.assigned([partition]))
        send(.records(partition, [ConsumerRecord(partition: partition, offset: offset, record: message.record)]))
    }

    /// The events in the outbox that go to a topic.
    func outbox(to topic: Int32) -> [OutboxMessage] {
        store.rows(OutboxMessage.self) { $0.topic.rawValue == topic }
    }

    func count(_ key: String = "k") -> Int64 {
        Identifier(key).flatMap { store.row(CountRow.self, $0) }?.count ?? 0
    }
}

import Foundation
import Kafka
import Services
import Simulation
import Testing

@testable import Live

/// A database in memory that fails now and then.
private final class MemoryDatabase: RowSource, RowSink {
    struct Failure: Error {}

    var store = ValueStore()
    /// After how many more reads it fails; nil for never.
    var readsUntilFailure: Int?

    private func count() throws {
        guard let left = readsUntilFailure else { return }
        if left == 0 { throw Failure() }
        readsUntilFailure = left - 1
    }

    func row<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? {
        try count()
        return store.row(R.self, key)
    }

    func rows<R: Row>(_ type: R.Type) throws -> [R] {
        try count()
        return store.rows(R.self)
    }

    func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) { store.set(row, for: key) }
}

/// One life of a small service, driven by hand through some trouble, with a recorder at its side.
final class RecordedFlight {
    static let partition = TopicPartition(TopicID(rawValue: 0), 0)
    static let header = FlightHeader(
        program: "1.0", name: "tally/1", id: InstanceID(number: 1, incarnation: 1), service: TallyService(),
        settings: settings, seed: 11, clock: LiveClock(), system: "{}\n")
    static var settings: RuntimeSettings {
        var settings = RuntimeSettings()
        settings.batchSize = 16
        settings.queueLimit = 20
        settings.maximumAttempts = 2
        settings.retryBackoff = Backoff(initial: .milliseconds(5), maximum: .milliseconds(40))
        settings.callTimeout = .milliseconds(40)
        return settings
    }

    private let recorder: FlightRecorder?
    private let database = MemoryDatabase()
    private let draws: Draws
    private var instance = Instance(
        id: header.id, of: TallyService(), settings: settings, draws: Draws(seed: header.seed))
    private var now = Instant.zero
    private var work: [Effect] = []
    private var timers: [(timer: Services.Timer, at: Instant)] = []
    private var offset: Int64 = 0
    private(set) var signals = 0
    private(set) var hasStopped = false

    /// - Parameter seed: of the trouble that it has.
    init(recorder: FlightRecorder?, seed: UInt64 = 3) {
        self.recorder = recorder
        draws = Draws(seed: seed)
    }

    private func chance(_ probability: Double, _ which: UInt64) -> Bool {
        draws.chance(probability, Purpose("test.trouble"), UInt64(signals), which)
    }

    private func send(_ signal: Signal) {
        signals += 1
        now = now + .microseconds(700)
        var effects: [Effect] = []
        recorder?.received(signal, at: now)
        instance.receive(signal, at: now, into: &effects)
        recorder?.answered(effects)
        for effect in effects {
            switch effect {
            case .setTimer(let timer, let at): timers.append((timer, at))
            case .stopped: hasStopped = true
            default: work.append(effect)
            }
        }
    }

    /// Runs until so many signals were sent, then lets it stop.
    func run(signals limit: Int) {
        send(.started)
        send(.assigned([Self.partition]))
        while signals < limit { step() }
        send(.stop)
        while !hasStopped { step(isStopping: true) }
        recorder?.ended("stopped")
    }

    private func step(isStopping: Bool = false) {
        if !isStopping, chance(0.3, 1) { return receive() }
        if !isStopping, chance(0.1, 2) {
            let request = Request(
                id: UInt64(signals), method: .post, path: "/tallies",
                idempotencyKey: chance(0.5, 3) ? "key \(signals % 5)" : nil)
            return send(.request(request))
        }
        if let index = timers.indices.filter({ timers[$0].at <= now }).min(by: { timers[$0].at < timers[$1].at }) {
            return send(.timer(timers.remove(at: index).timer))
        }
        guard !work.isEmpty else {
            now = timers.map(\.at).min() ?? now
            return
        }
        carryOut(work.removeFirst())
    }

    private func receive() {
        let count = draws.index(below: 4, Purpose("test.count"), UInt64(signals)) + 1
        let records = (0..<count).map { index in
            offset += 1
            let verb = Array("ffffcdnnx?".utf8)[draws.index(below: 10, Purpose("test.verb"), UInt64(offset))]
            return ConsumerRecord(
                partition: Self.partition, offset: offset,
                record: Record(
                    key: Array("key-\(offset % 7)".utf8),
                    value: [verb] + Array(" \(offset) of the records that arrive".utf8),
                    headers: [Header("content-type", "text/plain")], timestampMilliseconds: now.milliseconds))
        }
        send(.records(Self.partition, records))
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .transact(let batch): transact(batch)
        case .produce(let tag, _, _):
            send(chance(0.1, 4) ? .deliveryFailed(tag: tag, .messageTimedOut) : .delivered(tag: tag))
        case .commitOffsets: send(.offsetsCommitted(chance(0.1, 5) ? .rebalanceInProgress : .none))
        case .call(let call):
            if chance(0.3, 6) { return }
            send(
                chance(0.2, 7)
                    ? .callFailed(call: call.id, attempt: call.attempt)
                    : .answered(call: call.id, attempt: call.attempt, Array("yes".utf8)))
        default: break
        }
    }

    private func transact(_ batch: Batch) {
        let workingSet = WorkingSet(over: database)
        database.readsUntilFailure =
            chance(0.1, 8) ? draws.index(below: 15, Purpose("test.failure"), UInt64(signals)) : nil
        let failing = chance(0.1, 9) ? batch.records.prefix(1).map(\.item) : []
        do {
            let outcome =
                try recorder?.perform(batch, of: instance, in: workingSet, at: now, failing: failing)
                ?? instance.perform(batch, in: workingSet, at: now, failing: failing)
            if chance(0.05, 10) { return send(.transactionFailed(batch: batch.id)) }
            try workingSet.write(to: database)
            database.store.commit()
            send(chance(0.05, 11) ? .transactionFailed(batch: batch.id) : .committed(outcome))
        } catch {
            send(.transactionFailed(batch: batch.id))
        }
    }
}

/// A directory that is gone with the test.
final class RecordingDirectory {
    let path = NSTemporaryDirectory() + "orrery-flight-" + UUID().uuidString

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The bytes of a recording of so many signals.
    func record(signals: Int, seed: UInt64 = 3) throws -> Data {
        let recorder = FlightRecorder(directory: path, header: RecordedFlight.header) { Issue.record("\($0)") }
        RecordedFlight(recorder: recorder, seed: seed).run(signals: signals)
        return try Data(contentsOf: URL(fileURLWithPath: recorder.path))
    }
}

import Kafka
import Services
import Simulation

/// Plays a recording back: the same signals and the same answers of the database, to the same code.
///
/// An instance is a value, and knows the world by its signals only: so it answers as it did then, effect by effect. When it
/// does not, its code is not what it was (or something in it does not depend on signals alone), and the replay says where.
public struct Replay {
    /// One signal, and everything up to the next one.
    public struct Step: Sendable {
        /// From 1.
        public var number: Int
        public var at: Instant
        public var signal: Signal
        /// What the instance answers now.
        public var effects: [Effect] = []
        /// What batches came to, a sentence each.
        public var batches: [String] = []
        /// The first thing that is not as it was then; nothing behind it is played back.
        public var difference: ReplayDifference?
    }

    public let header: FlightHeader
    /// What the instance has asked for and not been told of.
    public private(set) var outstanding = Outstanding()
    /// Tells of signals and effects by their names, and of moments by how long after the first signal they are.
    public let text: FlightText
    /// How many signals were played back.
    public private(set) var signals = 0

    private let reader: FlightReader
    private var instance: Instance
    private let scans = ReadScans()
    private var batches: [UInt64: Batch] = [:]
    private var nextFrame: FlightFrame?
    private var hasDiffered = false

    /// - Parameter service: the one that was recorded, made again.
    public init(_ reader: FlightReader, of service: any Service) throws(FlightError) {
        header = reader.header
        self.reader = reader
        let reads = service.subscriptions(with: header.settings.policies).map { service.topics.name(of: $0) }
        guard service.name == header.service else {
            throw .otherService("of '\(header.service)', and not of '\(service.name)'")
        }
        guard service.topics.names == header.topics, reads == header.subscriptions else {
            throw .otherService("'\(service.name)' has other topics here than it had then")
        }
        instance = Instance(
            id: header.id, of: service, settings: header.settings, draws: Draws(seed: header.seed))
        nextFrame = try reader.next()
        if case .signal(_, let beginning) = nextFrame {
            text = FlightText(service.topics, since: beginning)
        } else {
            text = FlightText(service.topics)
        }
    }

    /// How the recording ends; nil as long as there is more of it.
    public var ending: FlightEnding? { reader.ending }

    /// What the instance has not finished, a phrase each.
    public var pendingWork: [String] { instance.pendingWork }

    /// Plays the next signal; nil at the end, or after a difference.
    public mutating func step() throws(FlightError) -> Step? {
        guard !hasDiffered, let frame = nextFrame else { return nil }
        guard case .signal(let signal, let now) = frame else {
            throw .damaged(frame: reader.frames, reason: "a signal is expected")
        }
        signals += 1
        var step = Step(number: signals, at: now, signal: signal)
        instance.receive(signal, at: now, into: &step.effects)
        outstanding.note(signal)
        for effect in step.effects {
            outstanding.note(effect)
            if case .transact(let batch) = effect { batches[batch.id] = batch }
        }
        if case .committed(let outcome) = signal { batches[outcome.batch] = nil }
        while step.difference == nil {
            nextFrame = try reader.next()
            switch nextFrame {
            case .effects(let expected): step.difference = try compare(step.effects, with: expected)
            case .performed(let performance): step.difference = try perform(performance, into: &step.batches)
            case .signal, .ended, nil: return step
            }
        }
        hasDiffered = true
        return step
    }

    private func compare(
        _ effects: [Effect], with expected: [Effect]
    ) throws(FlightError) -> ReplayDifference? {
        for index in 0..<max(effects.count, expected.count) {
            let then = index < expected.count ? expected[index] : nil
            let now = index < effects.count ? effects[index] : nil
            guard try bytes(of: then) == bytes(of: now) else {
                return ReplayDifference(effect: index + 1, then: then, now: now, in: text)
            }
        }
        return nil
    }

    private func bytes(of effect: Effect?) throws(FlightError) -> [UInt8] {
        do { return try BinaryEncoder().encode(effect) } catch {
            throw .damaged(frame: reader.frames, reason: "\(error)")
        }
    }

    private mutating func perform(
        _ performance: FlightPerformance, into sentences: inout [String]
    ) throws(FlightError) -> ReplayDifference? {
        guard let batch = batches[performance.batch], batch.attempt == performance.attempt else {
            throw .damaged(frame: reader.frames, reason: "batch \(performance.batch) was run, and nobody asked for it")
        }
        do {
            let workingSet = WorkingSet(over: try RecordedSource(performance.reads, remembering: scans))
            let outcome = try instance.perform(
                batch, in: workingSet, at: performance.at, failing: performance.failing)
            let writes = try WriteChecksums.all(of: workingSet)
            sentences.append(
                "batch \(batch.id) reads \(performance.reads.count) times, writes \(writes.count) rows: "
                    + outcome.contents)
            if writes.map(\.checksum) != performance.writes || performance.outcome == nil {
                return try difference(in: outcome, written: workingSet, since: performance)
            }
            return try outcome.checksum == performance.outcome ? nil : difference(in: outcome)
        } catch let unknown as RecordedSource.Unknown {
            return ReplayDifference(
                what: "batch \(batch.id) reads what it did not read then", then: "not read", now: unknown.question)
        } catch is RecordedSource.Failure where performance.outcome == nil {
            sentences.append("batch \(batch.id) is given up: the database fails")
            return nil
        } catch let error as FlightError {
            throw error
        } catch {
            throw .damaged(frame: reader.frames, reason: "\(error)")
        }
    }

    /// The first row that was not written, or not so.
    private func difference(
        in outcome: BatchOutcome, written workingSet: WorkingSet, since performance: FlightPerformance
    ) throws -> ReplayDifference {
        guard performance.outcome != nil else {
            return ReplayDifference(
                what: "batch \(outcome.batch) succeeds", then: "given up, because the database failed",
                now: outcome.contents)
        }
        let writes = try WriteChecksums.all(of: workingSet, describing: true)
        let same = zip(writes, performance.writes).prefix { $0.checksum == $1 }.count
        let row = same < writes.count ? writes[same] : nil
        return ReplayDifference(
            what: "write \(same + 1) of batch \(outcome.batch) is not what it was",
            then: same < performance.writes.count ? "another row, of which a checksum was kept" : "nothing",
            now: row.map { "\($0.table) \($0.key): \($0.row ?? "removed")" } ?? "nothing")
    }

    /// What the outcome was then stands in the signal that tells of it, if it ever came.
    private func difference(in outcome: BatchOutcome) throws(FlightError) -> ReplayDifference {
        let what = "batch \(outcome.batch) has another outcome"
        while let frame = try reader.next() {
            guard case .signal(.committed(let then), _) = frame, then.batch == outcome.batch else { continue }
            let place = Discrepancy(then, outcome)
            return ReplayDifference(
                what: what + (place.map { ", in \($0.place)" } ?? ""), then: place?.first ?? then.contents,
                now: place?.second ?? outcome.contents)
        }
        return ReplayDifference(what: what, then: "unknown: it was not committed", now: outcome.contents)
    }
}

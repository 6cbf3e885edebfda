import Foundation
import Harness
import Kafka
import Live
import Services
import Simulation

/// Makes the faults of one service instance in its own process, at the points at which the simulator makes them.
///
/// Which record, and which handling of one, is counted by each process for itself, from its start. Every life draws by
/// itself, else it would meet what its predecessor died of.
final class WorkerInterference: Interference {
    private var faults: FaultInjector
    private let setup: WorkerSetup
    private let instance: String
    private let service: (index: Int, name: String)
    private let topics: TopicTable
    private let line: WorkerLine
    private let stalls: [Range<Instant>]
    private let fullDisks: [Range<Instant>]
    private var effects: UInt64
    private var transactions: UInt64
    private var failing: [Int: HandlingPlace] = [:]

    /// How often a run is told how far the counting is.
    static let countingInterval: UInt64 = 64

    init(setup: WorkerSetup, cast: LiveCast, scenario: Scenario, line: WorkerLine) {
        self.setup = setup
        self.line = line
        let member = cast.members[setup.index]
        instance = member.name
        service = (member.service, cast.services[member.service].name)
        topics = cast.topics
        effects = setup.effects
        transactions = setup.transactions
        let life = UInt64(setup.index) << 32 | UInt64(setup.life)
        let draws = Draws(seed: setup.seed).substream(.faults).substream(.life, life)
        faults = FaultInjector(rates: scenario.rates, plan: scenario.plan, draws: draws)
        faults.prepare(for: cast.faultCast(of: scenario))
        // Faults that have their time are those of the run.
        let run = cast.faults(of: scenario, seed: setup.seed)
        let healing = Instant.zero + scenario.rates.until
        let (name, service) = (member.name, service.name)
        stalls = Self.times(in: run, healing: healing) {
            if case .stallConsumer(name, _, _) = $0 { true } else { false }
        }
        fullDisks = Self.times(in: run, healing: healing) {
            if case .fullDisk(service, _, _) = $0 { true } else { false }
        }
    }

    func beforeEffect(_ number: UInt64, at now: Instant) {
        effects = setup.effects + number
        if number % Self.countingInterval == 0 { line.send(.counted(effects: effects, transactions: transactions)) }
        guard let downtime = faults.crash(of: setup.index, beforeEffect: effects, at: now) else { return }
        let fault = FaultAction.crashInstance(instance, beforeEffect: effects, restartAfter: downtime)
        line.send(.dying(fault, transactions: transactions))
        kill(getpid(), SIGKILL)
    }

    func storeFate(ofTransaction number: UInt64, at now: Instant) -> StoreInterference? {
        transactions = setup.transactions + number
        // The run has written it down when it began.
        if fullDisks.contains(where: { $0.contains(now) }) { return .failsBeforeCommit }
        guard let fate = faults.storeFate(of: setup.index, transaction: transactions, at: now) else { return nil }
        line.send(.struck(.store(instance, transaction: transactions, fate)))
        switch fate {
        // What the instance is told is the same.
        case .failsBeforeCommit, .conflict: return .failsBeforeCommit
        case .failsAfterCommit: return .failsAfterCommit
        case .slow(let delay): return .slow(by: delay)
        }
    }

    func failingItems(of batch: Batch, at now: Instant) -> [Int] {
        failing.removeAll()
        guard faults.strikesHandlers else { return [] }
        for (item, record) in batch.records {
            failing[item] = faults.handlerFailure(of: record, service: service, topics, at: now)
        }
        return failing.keys.sorted()
    }

    func didFail(_ items: [Int], of batch: Batch, at now: Instant) {
        for item in items {
            if let place = failing[item] { line.send(.struck(.failHandler(place, times: 1))) }
        }
    }

    func recordFate(of record: Record, to topic: TopicID, at now: Instant) -> RecordInterference? {
        guard let place = faults.place(of: record, in: topic, topics),
            let fate = faults.recordFate(of: place, at: now)
        else { return nil }
        // Not made, as the run says: `UnmadeFaults.recordsAreTheProducers`.
        if case .dropRecord = fate { return nil }
        line.send(.struck(fate))
        switch fate {
        case .duplicateRecord(_, let delay):
            line.send(.handedOver(topic, record, after: delay))
            return .duplicated
        case .reorderRecord(_, let delay):
            line.send(.handedOver(topic, record, after: delay))
            return .handedOver
        case .delayRecord(_, let delay):
            return .delayed(by: delay)
        default:
            preconditionFailure("\(fate) is not a fault of records")
        }
    }

    func isPolling(at now: Instant) -> Bool { !stalls.contains { $0.contains(now) } }

    /// When faults of a kind go on; the end of all faults ends them, too.
    private static func times(
        in faults: FaultInjector, healing: Instant, of isOfKind: (FaultAction) -> Bool
    ) -> [Range<Instant>] {
        faults.timed.compactMap { fault in
            guard isOfKind(fault.action), let at = fault.action.moment, let length = fault.action.length else {
                return nil
            }
            let end = at < healing ? min(at + length, healing) : at + length
            return at..<max(at, end)
        }
    }
}

extension Purpose {
    static let life = Purpose("live.life")
}

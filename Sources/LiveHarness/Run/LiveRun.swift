import Foundation
import Harness
import Kafka
import Live
import RdKafka
import Services
import Simulation
import Stores
import VirtualKafka

/// A scenario on a live target: what `World` is for the simulated one. It hosts the clients and the providers, supervises
/// the processes of the services, makes faults, and keeps the history. Used by one thread, and never waits for a service.
final class LiveRun {
    let scenario: Scenario
    let file: String
    let seed: UInt64
    let options: LiveOptions
    let cast: LiveCast
    let draws: Draws
    let clock: LiveClock
    let topics: LiveTopics
    let stores: StoreLocation
    let target: any LiveTarget
    let properties: ClientProperties
    let collector: LogCollector
    let stranger: Stranger
    let observers: GroupObservers

    var environment: any Environment
    var faults: FaultInjector
    var unmade = UnmadeFaults()
    var agenda = EventQueue<LiveEvent>()
    var instances: [SupervisedInstance]
    var storms: [Int: Storm] = [:]
    /// Partitions of each topic now, by number.
    var partitions: [Int]
    var recording: [History.Entry] = []
    /// Records that the stranger is going to send.
    var heldBack = 0
    /// Every call that reached a provider, by the token that its answer will carry.
    var callsAtProvider: [CallOrigin] = []
    var environmentOutput = EnvironmentOutput()
    var settling = Settling()
    var phase = LiveProgress.Phase.starting
    var isFinished = false
    private var lastProgress = Instant.zero

    /// Where the answer to a call must go.
    struct CallOrigin {
        var instance: Int
        var life: Int32
        var call: UInt64
    }

    /// The topics are there already; nothing happens yet.
    init(
        _ scenario: Scenario, file: String, seed: UInt64, options: LiveOptions, cast: LiveCast, target: any LiveTarget,
        topics: LiveTopics, stores: StoreLocation
    ) throws {
        self.scenario = scenario
        self.file = file
        self.seed = seed
        self.options = options
        self.cast = cast
        self.target = target
        self.topics = topics
        self.stores = stores
        clock = LiveClock.startingNow
        draws = Draws(seed: seed)
        properties = try ClientProperties([(name: "linger.ms", value: "2")] + scenario.clients)
        partitions = cast.partitions
        let places = cast.topics.all.flatMap { topic in
            (0..<cast.partitions[Int(topic.rawValue)]).map { TopicPartition(topic, Int32($0)) }
        }
        collector = try LogCollector(
            places, of: topics, brokers: target.brokers, clock: clock, properties: properties)
        stranger = try Stranger(properties, brokers: target.brokers, topics: topics, clock: clock)
        observers = GroupObservers(properties, brokers: target.brokers, topics: topics)
        environment = scenario.system.environment(draws: draws.substream(.environment))
        faults = cast.faults(of: scenario, seed: seed)
        instances = cast.members.map { SupervisedInstance(name: $0.name, service: $0.service) }
    }

    var now: Instant { clock.now }

    func record(_ event: History.Event) { recording.append(History.Entry(at: now, event: event)) }

    // MARK: The loop

    /// Lets the run happen, to its end.
    ///
    /// - Throws: `LiveRunError` when it cannot go on, or is interrupted.
    func run() throws {
        for index in instances.indices { try start(index) }
        try waitUntilStarted()
        phase = .running
        scheduleFaults()
        environment.start(at: now, into: &environmentOutput)
        drainEnvironment()
        while !isFinished { try turn() }
        phase = .stopping
        showProgress()
        try stopInstances()
    }

    /// Everything that is due, then what comes until the next is.
    func turn() throws {
        if options.isInterrupted() { throw LiveRunError.interrupted }
        while let next = agenda.nextTime, next <= now, let (_, event) = agenda.popFirst() { try happen(event) }
        for (topic, record) in stranger.poll() { holdBack(record, for: topic, until: now + .seconds(1)) }
        let patience = agenda.nextTime.map { ($0 - now).milliseconds } ?? 20
        try listen(milliseconds: Int32(clamping: max(0, min(patience, 10))))
        if now - lastProgress >= .milliseconds(500) { showProgress() }
    }

    private func waitUntilStarted() throws {
        let limit = now + .seconds(60)
        while instances.contains(where: { !$0.isStarted }) {
            try turn()
            guard now < limit else {
                let late = instances.filter { !$0.isStarted }.map(\.name).joined(separator: ", ")
                throw LiveRunError.failed("\(late) did not start within a minute; what they said stands above")
            }
        }
    }

    private func happen(_ event: LiveEvent) throws {
        switch event {
        case .restart(let index, let life):
            if instances[index].life == life, instances[index].child == nil { try start(index) }
        case .environmentTimer(let id): tellEnvironment(.timer(id))
        case .refused(let request): tellEnvironment(.refused(request: request))
        case .answer(let origin, let body): sendAnswer(body, to: origin)
        case .strange(let topic, let record):
            heldBack -= 1
            sendAsStranger(record, to: topic)
        case .faultBegins(let index): try beginFault(index)
        case .faultEnds(let index): endFault(index)
        case .heal: heal()
        case .checkSettled: checkSettled()
        }
    }

    func showProgress() {
        lastProgress = now
        options.progress(
            LiveProgress(
                phase: phase, at: now, records: collector.count,
                faults: recording.count { if case .fault = $0.event { true } else { false } },
                deaths: instances.reduce(0) { $0 + $1.deaths }, unfinished: environment.unfinished.count,
                waiting: settling.waiting))
    }
}

extension LiveRun {
    /// Ends everything that goes on.
    func close() {
        endInstances()
        collector.close()
        stranger.close()
        observers.close()
    }
}

/// Something that is going to happen.
enum LiveEvent {
    case restart(instance: Int, life: Int32)
    case environmentTimer(UInt64)
    case refused(request: UInt64)
    case answer(LiveRun.CallOrigin, body: [UInt8]?)
    case strange(TopicID, Record)
    case faultBegins(Int)
    case faultEnds(Int)
    case heal
    case checkSettled
}

/// Why a run has no result.
public enum LiveRunError: Error, CustomStringConvertible {
    /// Somebody pressed Ctrl-C.
    case interrupted
    case failed(String)

    public var description: String {
        switch self {
        case .interrupted: "the run was interrupted"
        case .failed(let reason): reason
        }
    }
}

/// How far a run is.
public struct LiveProgress: Sendable {
    /// What it is doing.
    public enum Phase: String, Sendable {
        case starting
        case running
        case settling
        case stopping
        case judging
    }

    public var phase: Phase
    /// Since its beginning.
    public var at: Instant
    /// Records read back so far.
    public var records: Int
    /// Faults that have struck, and processes that have died.
    public var faults: Int
    public var deaths: Int
    /// What clients are still waiting for.
    public var unfinished: Int
    /// While it settles: the first thing that has not come to rest.
    public var waiting: String?
}

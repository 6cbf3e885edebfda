import Kafka
import RdKafka
import Services
import Simulation
import Stores

/// The loop of one instance: polls librdkafka, takes mail, fires timers, runs one store transaction, and sleeps when
/// there is nothing to do. Everything happens on its thread.
///
/// While a transaction runs, records go on arriving in librdkafka's queues; the next one takes all of them. So the store
/// commits once for many records when there are many, and at once when there is one.
final class InstanceDriver {
    let configuration: LiveConfiguration
    let providers: any ProviderConnection
    let listener: any InstanceListener
    let interference: (any Interference)?
    let mailbox: Mailbox<LiveInstance.Mail>
    private let openStore: @Sendable () throws -> any ServiceStore

    var instance: Instance?
    var store: (any ServiceStore)?
    var producer: Producer?
    var consumer: Consumer?
    var recorder: FlightRecorder?

    /// What has to be done at a moment.
    enum Task {
        case timer(Timer)
        case transact(Batch)
        case send(tag: UInt64, TopicID, Record)
        /// The time that the instance has for finishing is over.
        case giveUp
    }

    private var signals: [Signal] = []
    private var isDelivering = false
    var tasks = EventQueue<Task>()
    /// The transaction that is to be run next.
    var batch: Batch?
    var requests: [UInt64: @Sendable (Response?) -> Void] = [:]
    private var effects: UInt64 = 0
    var transactions: UInt64 = 0
    var publication = LivePublication()
    var gaps = GapWatch()
    private var trouble = TroubleFilter()
    /// Set when the loop has to end: nil for an orderly stop.
    private var end: String??

    init(
        _ configuration: LiveConfiguration, openStore: @escaping @Sendable () throws -> any ServiceStore,
        providers: any ProviderConnection, listener: any InstanceListener, interference: (any Interference)?,
        mailbox: Mailbox<LiveInstance.Mail>
    ) {
        self.configuration = configuration
        self.openStore = openStore
        self.providers = providers
        self.listener = listener
        self.interference = interference
        self.mailbox = mailbox
    }

    var now: Instant { configuration.clock.now }
    var service: any Service { configuration.service }

    /// Runs until the instance has stopped: nil after an orderly stop, else why it failed.
    func run() -> String? {
        if begin() { while end == nil { turn() } }
        finish()
        let failure = end ?? nil
        recorder?.ended(failure ?? "stopped")
        listener.noted(failure.map { .failed($0) } ?? .stopped)
        return failure
    }

    /// Ends the loop after this turn.
    func fail(_ reason: String) { if end == nil { end = .some(reason) } }

    /// Tells whoever runs the system, unless they have just heard the same.
    func note(_ sentence: String) {
        if trouble.isNew(sentence, at: now) { listener.noted(.trouble(sentence)) }
    }

    // MARK: Beginning and end

    private func begin() -> Bool {
        var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5)).waits
        while end == nil {
            do {
                try open()
                listener.noted(.started)
                deliver(.started)
                return true
            } catch let failure as StoreFailure {
                note("\(configuration.name) has no store yet: \(failure)")
            } catch {
                fail("\(configuration.name) cannot start: \(error)")
                return false
            }
            mailbox.wait(milliseconds: Int32(clamping: backoff.next().nanoseconds / 1_000_000))
            for mail in mailbox.take() {
                if case .stop = mail { end = .some(nil) } else { LiveInstance.refuse(mail) }
            }
        }
        return false
    }

    private func open() throws {
        let store = try self.store ?? openStore()
        self.store = store
        let number = configuration.number
        let now = now
        let topics = configuration.topics.table
        let incarnation = try store.transact { workingSet in
            try TopicRow.check(topics, in: workingSet)
            return try Instance.beginLife(of: number, in: workingSet, at: now)
        }
        try connect()
        instance = Instance(
            id: InstanceID(number: number, incarnation: incarnation), of: service, settings: configuration.settings,
            draws: Draws(seed: configuration.seed))
        beginRecording(of: InstanceID(number: number, incarnation: incarnation))
    }

    private func beginRecording(of id: InstanceID) {
        guard let directory = configuration.recordings else { return }
        let header = FlightHeader(
            program: "orrery", name: configuration.name, id: id, service: service, settings: configuration.settings,
            seed: configuration.seed, clock: configuration.clock, system: configuration.system)
        recorder = FlightRecorder(directory: directory, header: header) { [weak self] in self?.note($0) }
    }

    private func finish() {
        for answer in requests.values { answer(nil) }
        requests = [:]
        disconnect()
        store?.close()
        store = nil
    }

    // MARK: The loop

    private func turn() {
        let hasPolled = pollConsumer()
        let hasReports = pollProducer()
        let mail = mailbox.take()
        for mail in mail { open(mail) }
        let hasFired = runTasks()
        if let batch {
            self.batch = nil
            transact(batch)
        } else if !hasPolled, !hasReports, !hasFired, mail.isEmpty, end == nil {
            mailbox.wait(milliseconds: timeToSleep)
        }
    }

    /// Until the next task, and a second at most: librdkafka wants to be polled although nothing happens.
    private var timeToSleep: Int32 {
        guard let next = tasks.nextTime else { return 1_000 }
        let milliseconds = ((next - now).nanoseconds + 999_999) / 1_000_000
        return Int32(min(max(milliseconds, 0), 1_000))
    }

    private func open(_ mail: LiveInstance.Mail) {
        switch mail {
        case .request(let request, let answer):
            requests[request.id] = answer
            deliver(.request(request))
        case .pendingWork(let answer):
            answer(instance?.pendingWork)
        case .answer(let call, let attempt, let body?):
            deliver(.answered(call: call, attempt: attempt, body))
        case .answer(let call, let attempt, nil):
            deliver(.callFailed(call: call, attempt: attempt))
        case .stop:
            tasks.push(.giveUp, at: now + configuration.drainLimit)
            deliver(.stop)
        }
    }

    private func runTasks() -> Bool {
        var hasFired = false
        let now = now
        while let next = tasks.nextTime, next <= now, let (_, task) = tasks.popFirst() {
            hasFired = true
            switch task {
            case .timer(let timer): deliver(.timer(timer))
            case .transact(let batch): self.batch = batch
            case .send(let tag, let topic, let record): send(record, to: topic, tag: tag)
            case .giveUp: fail("\(configuration.name) had \(configuration.drainLimit) to finish, and has not")
            }
        }
        return hasFired
    }

    // MARK: Signals and effects

    /// Tells the instance what happened and does what it asks for. What happens on the way comes afterwards.
    func deliver(_ signal: Signal) {
        signals.append(signal)
        guard !isDelivering else { return }
        isDelivering = true
        defer { isDelivering = false }
        var effects: [Effect] = []
        while !signals.isEmpty {
            let signal = signals.removeFirst()
            effects.removeAll(keepingCapacity: true)
            let now = now
            recorder?.received(signal, at: now)
            instance?.receive(signal, at: now, into: &effects)
            recorder?.answered(effects)
            for effect in effects where end == nil { carryOut(effect) }
        }
    }

    private func carryOut(_ effect: Effect) {
        effects += 1
        interference?.beforeEffect(effects, at: now)
        switch effect {
        case .transact(let batch): begin(batch)
        case .produce(let tag, let topic, let record): produce(record, to: topic, tag: tag)
        case .commitOffsets(let offsets): commit(offsets)
        case .beginPublication: beginPublication()
        case .publication(let step): publish(step)
        case .pause(let partitions): setPaused(true, partitions)
        case .resume(let partitions): setPaused(false, partitions)
        case .finishRevocation: finishRevocation()
        case .setTimer(let timer, let moment): tasks.push(.timer(timer), at: moment)
        case .call(let call): make(call)
        case .respond(let id, let response): requests.removeValue(forKey: id)?(response)
        case .stopped: if end == nil { end = .some(nil) }
        case .failed(let code): fail("\(configuration.name) cannot go on: \(code)")
        }
    }

    private func make(_ call: ProviderCall) {
        listener.called(call)
        configuration.metrics?.providerCalls.add()
        providers.call(call, of: service.name) { [mailbox] body in
            mailbox.post(.answer(call.id, attempt: call.attempt, body: body))
        }
    }
}

/// Keeps what is said again and again to once in a while.
private struct TroubleFilter {
    private var last: (sentence: String, at: Instant)?

    mutating func isNew(_ sentence: String, at now: Instant) -> Bool {
        if let last, last.sentence == sentence, now < last.at + .seconds(10) { return false }
        last = (sentence, now)
        return true
    }
}

/// Pauses that double.
private struct Waits {
    let backoff: Backoff
    var attempt = 0

    mutating func next() -> Duration {
        attempt += 1
        return backoff.longestDelay(after: attempt)
    }
}

extension Backoff {
    fileprivate var waits: Waits { Waits(backoff: self) }
}

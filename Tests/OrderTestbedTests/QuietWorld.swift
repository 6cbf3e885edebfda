import Kafka
import Services
import Simulation

@testable import Harness
@testable import OrderTestbed

/// Runs the real services and their environment where nothing ever goes wrong: one instance of each service, a log that
/// takes every record, a millisecond for everything. What it leaves is the correct history that tests then spoil.
struct QuietWorld {
    private enum Happening {
        case signal(Signal, to: Int)
        case append(tag: UInt64, TopicID, Record, by: Int?)
        case environment(EnvironmentSignal)
    }

    private static let step = Duration.milliseconds(1)

    private var queue = EventQueue<Happening>()
    private var now = Instant.zero
    private var instances: [(service: any Service, instance: Instance, store: ValueStore)]
    private var environment: any Environment
    private var output = EnvironmentOutput()
    private let topics: [(name: String, partitions: Int)]
    private var ends: [TopicPartition: Int64] = [:]
    private var committed: [(group: String, partition: TopicPartition, offset: Int64)] = []
    /// Who waits for which answer, and for which attempt.
    private var calls: [(instance: Int, call: ProviderCall)] = []
    private var history = History()

    static func history(of system: OrderSystemUnderTest, seed: UInt64 = 1) -> History {
        var world = QuietWorld(system, seed: seed)
        world.run(system)
        return world.history
    }

    private init(_ system: OrderSystemUnderTest, seed: UInt64) {
        topics = system.topics
        var table = TopicTable()
        for topic in topics { _ = table.intern(topic.name) }
        history.topics = table
        let draws = Draws(seed: seed)
        environment = system.environment(draws: draws)
        var settings = RuntimeSettings()
        settings.policies = system.policies
        instances = system.services(topics: table).enumerated().map { index, service in
            let instance = Instance(
                id: InstanceID(number: 1, incarnation: 1), of: service, settings: settings,
                draws: draws.substream(.instance, UInt64(index)))
            return (service, instance, ValueStore())
        }
    }

    private mutating func run(_ system: OrderSystemUnderTest) {
        for index in instances.indices {
            queue.push(.signal(.started, to: index), at: now)
            let assigned = instances[index].service.subscriptions.flatMap { partitions(of: $0) }
            queue.push(.signal(.assigned(assigned), to: index), at: now)
        }
        environment.start(at: now, into: &output)
        carryOut()
        writePoison(system)
        var quietSince = now
        while let (time, happening) = queue.popFirst(), time < quietSince + .seconds(30) {
            now = time
            step(happening)
            if !environment.unfinished.isEmpty { quietSince = now }
        }
        for (service, _, store) in instances {
            history.stores.append((service.name, store))
            for partition in service.subscriptions.flatMap({ partitions(of: $0) }) {
                let offset = committed.last { $0.group == service.name && $0.partition == partition }?.offset
                history.offsets.append((service.name, partition, offset, ends[partition, default: 0]))
            }
        }
        history.watchesCluster = true
        history.end = now
    }

    private mutating func step(_ happening: Happening) {
        switch happening {
        case .signal(let signal, let index):
            var effects: [Effect] = []
            instances[index].instance.receive(signal, at: now, into: &effects)
            for effect in effects { carryOut(effect, of: index) }
        case .append(let tag, let topic, let record, let index): append(record, to: topic, tag, by: index)
        case .environment(let signal):
            environment.receive(signal, at: now, into: &output)
            carryOut()
        }
    }

    private mutating func carryOut(_ effect: Effect, of index: Int) {
        let soon = now + Self.step
        switch effect {
        case .transact(let batch):
            let outcome = instances[index].instance.perform(batch, in: &instances[index].store, at: now)
            instances[index].store.commit()
            queue.push(.signal(.committed(outcome), to: index), at: soon)
        case .produce(let tag, let topic, let record):
            queue.push(.append(tag: tag, topic, record, by: index), at: soon)
        case .commitOffsets(let offsets):
            let group = instances[index].service.name
            committed += offsets.map { (group, $0.0, $0.1) }
            queue.push(.signal(.offsetsCommitted(.none), to: index), at: soon)
        case .setTimer(let timer, let moment): queue.push(.signal(.timer(timer), to: index), at: moment)
        case .call(let call):
            note(.called(service: instances[index].service.name, call))
            calls.append((index, call))
            let signal = EnvironmentSignal.call(
                call, service: instances[index].service.name, token: UInt64(calls.count - 1), fate: nil)
            queue.push(.environment(signal), at: soon)
        case .respond(let id, let response):
            note(.answered(request: id, response))
            queue.push(.environment(.response(request: id, response)), at: soon)
        case .publication(let step):
            queue.push(.signal(.publicationStep(step, nil), to: index), at: now + Self.step)
        case .pause, .resume, .finishRevocation, .beginPublication, .failed, .stopped: break
        }
    }

    private mutating func carryOut() {
        for (service, request) in output.requests {
            note(.requested(service: service, request))
            let index = instances.firstIndex { $0.service.name == service }!
            queue.push(.signal(.request(request), to: index), at: now + Self.step)
        }
        for (moment, id) in output.timers { queue.push(.environment(.timer(id)), at: moment) }
        for (token, delay, body) in output.answers {
            let (index, call) = calls[Int(token)]
            let signal: Signal =
                body.map { .answered(call: call.id, attempt: call.attempt, $0) }
                ?? .callFailed(call: call.id, attempt: call.attempt)
            queue.push(.signal(signal, to: index), at: now + delay)
        }
        for entry in output.ledger { note(.ledger(entry)) }
        output.removeAll()
    }

    /// One record of each kind to each topic, by nobody.
    private mutating func writePoison(_ system: OrderSystemUnderTest) {
        for (topic, (name, _)) in topics.enumerated() {
            for (number, kind) in PoisonKind.allCases.enumerated() {
                let number = UInt64(topic * PoisonKind.allCases.count + number)
                let draws = Draws(seed: 3)
                guard let record = system.poison(kind, for: name, draws: draws, number: number) else { continue }
                let moment = now + .milliseconds(Int64(20 * number))
                queue.push(.append(tag: 0, TopicID(rawValue: Int32(topic)), record, by: nil), at: moment)
            }
        }
    }

    private mutating func append(_ record: Record, to topic: TopicID, _ tag: UInt64, by index: Int?) {
        let all = partitions(of: topic)
        let key = record.key.map { UniqueID(hashing: $0).stableHash } ?? 0
        let partition = all[Int(key % UInt64(all.count))]
        let offset = ends[partition, default: 0]
        ends[partition] = offset + 1
        note(.appended(partition, offset: offset, record))
        let arrival = ConsumerRecord(partition: partition, offset: offset, record: record)
        for reader in instances.indices where instances[reader].service.subscriptions.contains(topic) {
            queue.push(.signal(.records(partition, [arrival]), to: reader), at: now + Self.step)
        }
        guard let index else { return }
        note(.acknowledged(partition, offset: offset, by: instances[index].service.name))
        queue.push(.signal(.delivered(tag: tag), to: index), at: now + Self.step)
    }

    private func partitions(of topic: TopicID) -> [TopicPartition] {
        (0..<topics[Int(topic.rawValue)].partitions).map { TopicPartition(topic, Int32($0)) }
    }

    private mutating func note(_ event: History.Event) { history.entries.append(History.Entry(at: now, event: event)) }
}

extension Purpose {
    fileprivate static let instance = Purpose("test.instance")
}

import Kafka
import Services
import Simulation
import VirtualKafka

/// A service instance and the process around it.
struct Process: Sendable {
    /// `payment/1`.
    let name: String
    /// Which kind of service, by its place.
    let service: Int
    /// From 1.
    let number: Int32
    let node: NodeID
    var producer = ClientID(rawValue: -1)
    var consumer = ClientID(rawValue: -1)
    /// Nil while the process is down.
    var instance: Instance?
    /// Used where services publish in Kafka transactions.
    var publication = PublicationState()
    /// Counts its starts, from 1.
    var life: Int32 = 0
    /// Effects and transactions so far, over all lives: what crash and store faults are told by.
    var effects: UInt64 = 0
    var transactions: UInt64 = 0
    /// An operator wants fewer instances than this one's number: it is stopping, or has stopped, and is not restarted.
    var isOut = false
    /// How far its machine's clock is ahead; negative when it is behind.
    var clockError = Duration.zero

    init(name: String, service: Int, number: Int32, node: NodeID) {
        self.name = name
        self.service = service
        self.number = number
        self.node = node
    }
}

/// Processes: starting, crashing, signals in, effects out.
extension World {
    func isAlive(_ process: Int32, life: Int32) -> Bool {
        processes[Int(process)].life == life && processes[Int(process)].instance != nil
    }

    /// Starts a process that is down, with empty memory on its old store.
    mutating func startProcess(_ index: Int) {
        guard processes[index].instance == nil else { return }
        processes[index].life += 1
        let (life, number, node) = (processes[index].life, processes[index].number, processes[index].node)
        let service = services[processes[index].service]
        var settings = RuntimeSettings()
        settings.policies = scenario.system.policies
        let identity = UInt64(index) << 32 | UInt64(life)
        let instance = Instance(
            id: InstanceID(number: number, incarnation: life), of: service, settings: settings,
            draws: draws.substream(.instance, identity))
        processes[index].instance = instance
        let producer = cluster.addProducer(
            on: node, properties: producerProperties(of: processes[index]), at: now, into: &kafkaOutput)
        let consumer = cluster.addConsumer(
            on: node, topics: service.subscriptions(with: settings.policies),
            properties: consumerProperties(of: processes[index].service, instance: processes[index].name), at: now,
            into: &kafkaOutput)
        own(producer, by: Int32(index))
        own(consumer, by: Int32(index))
        processes[index].producer = producer
        processes[index].consumer = consumer
        record(.instance(name: processes[index].name, life == 1 ? "started" : "started again"))
        deliver(.started, to: Int32(index), life: life)
    }

    /// The process is gone: memory, connections, everything under way; with `StateKeeping.memory`, all that its service
    /// keeps.
    mutating func crash(_ index: Int, restartAfter delay: Duration) {
        forgetMemory(of: index)
        frozen.removeAll { Int($0.process) == index }
        cluster.kill(node: processes[index].node, at: now)
        record(.instance(name: processes[index].name, "crashed"))
        queue.push(.restart(process: Int32(index), life: processes[index].life), at: now + delay)
    }

    /// What a process leaves, whatever it has died of: nothing but its store.
    private mutating func forgetMemory(of index: Int) {
        if scenario.system.policies.state == .memory { stores[processes[index].service] = ValueStore() }
        processes[index].instance = nil
        processes[index].publication = PublicationState()
    }

    /// The process has met an error that it cannot get over: whoever supervises it starts it again.
    mutating func failed(_ index: Int) { crash(index, restartAfter: .seconds(1)) }

    /// Tells an instance what happened and does what it asks for, unless that life is over.
    mutating func deliver(_ signal: Signal, to process: Int32, life: Int32) {
        let index = Int(process)
        guard isAlive(process, life: life) else { return }
        // Carrying out an effect can deliver a further signal: each delivery takes a buffer and gives it back.
        var effects = spareBuffers.popLast() ?? []
        defer {
            effects.removeAll(keepingCapacity: true)
            spareBuffers.append(effects)
        }
        let clock = clock(of: index)
        processes[index].instance?.receive(signal, at: clock, into: &effects)
        watch?.hear(signal, process: index)
        for effect in effects {
            processes[index].effects += 1
            watch?.see(effect, process: index, number: processes[index].effects)
            if let delay = faults.crash(of: index, beforeEffect: processes[index].effects, at: now) {
                record(
                    .fault(
                        .crashInstance(
                            processes[index].name, beforeEffect: processes[index].effects, restartAfter: delay)))
                return crash(index, restartAfter: delay)
            }
            carryOut(effect, of: index)
            // An effect can end the process: a fatal error, an orderly stop.
            guard isAlive(process, life: life) else { return }
        }
    }

    private mutating func carryOut(_ effect: Effect, of index: Int) {
        let process = Int32(index)
        let life = processes[index].life
        switch effect {
        case .transact(let batch):
            begin(batch, of: index)
        case .produce(let tag, let topic, let record):
            produce(record, to: topic, tag: tag, from: index)
        case .commitOffsets(let offsets):
            cluster.commit(offsets, tag: 0, by: processes[index].consumer, at: now, into: &kafkaOutput)
        case .beginPublication:
            beginPublication(of: index)
        case .publication(let step):
            carryOut(step, of: index)
        case .pause(let partitions):
            cluster.pause(partitions, by: processes[index].consumer)
        case .resume(let partitions):
            cluster.resume(partitions, by: processes[index].consumer, at: now, into: &kafkaOutput)
        case .finishRevocation:
            cluster.completeRevocation(by: processes[index].consumer, at: now, into: &kafkaOutput)
        case .setTimer(let timer, let moment):
            queue.push(.timer(process: process, life: life, timer), at: fromNow(moment, of: index))
        case .call(let call):
            make(call, from: index)
        case .respond(let id, let response):
            respond(to: id, response, from: index)
        case .failed:
            failed(index)
        case .stopped:
            cluster.close(processes[index].consumer, at: now, into: &kafkaOutput)
            cluster.close(processes[index].producer, at: now, into: &kafkaOutput)
            forgetMemory(of: index)
            record(.instance(name: processes[index].name, "stopped"))
            // Somebody has changed his mind meanwhile.
            if !processes[index].isOut { startProcess(index) }
        }
    }

    // MARK: Transactions

    private mutating func begin(_ batch: Batch, of index: Int) {
        processes[index].transactions += 1
        let number = processes[index].transactions
        pass { .transactionBegan(by: $0.processes[index].name, number: number, contents: batch.contents) }
        var time = draws.duration(in: scenario.timing.transaction, .transactionTime, UInt64(index), number)
        let fate = faults.storeFate(of: index, transaction: number, at: now)
        if let fate { record(.fault(.store(processes[index].name, transaction: number, fate))) }
        if case .slow(let delay)? = fate { time = time + delay }
        queue.push(.commit(process: Int32(index), life: processes[index].life, batch, fate), at: now + time)
    }

    /// The moment at which a transaction takes effect. One whose process has died is rolled back by the store.
    mutating func commit(_ batch: Batch, of index: Int, life: Int32, _ fate: StoreFate?) {
        let process = Int32(index)
        guard isAlive(process, life: life) else { return }
        let service = processes[index].service
        if fate == .conflict { performInVain(batch, of: index) }
        pass { world in
            .transactionEnded(
                by: world.processes[index].name, fate: fate,
                records: batch.records.map { ($0.record.partition, $0.record.offset) })
        }
        if fate == .failsBeforeCommit || fate == .conflict || faults.isDiskFull(of: services[service].name) {
            return deliver(.transactionFailed(batch: batch.id), to: process, life: life)
        }
        let failing = faults.strikesHandlers ? handlerFailures(in: batch, of: service) : []
        let outcome = processes[index].instance?.perform(
            batch, in: &stores[service], at: clock(of: index), failing: failing.map(\.item))
        guard let outcome else { return }
        stores[service].commit()
        // A record behind one that has failed was not handled: what was meant for its handler did not strike.
        for failure in failing where outcome.injectedFailures.contains(failure.item) {
            record(.fault(.failHandler(failure.place, times: 1)))
        }
        deliver(
            fate == .failsAfterCommit ? .transactionFailed(batch: batch.id) : .committed(outcome), to: process,
            life: life)
    }

    /// The handlers run, and nothing that they write is kept: a service that remembers something outside of its
    /// transaction is found out.
    private func performInVain(_ batch: Batch, of index: Int) {
        var store = stores[processes[index].service]
        _ = processes[index].instance?.perform(batch, in: &store, at: clock(of: index))
    }

    /// Which records of a batch fail in their handlers.
    private mutating func handlerFailures(in batch: Batch, of service: Int) -> [(item: Int, place: HandlingPlace)] {
        let name = services[service].name
        var failures: [(item: Int, place: HandlingPlace)] = []
        for (item, record) in batch.records {
            let place = faults.handlerFailure(of: record, service: (service, name), cluster.topics, at: now)
            if let place { failures.append((item, place)) }
        }
        return failures
    }
}

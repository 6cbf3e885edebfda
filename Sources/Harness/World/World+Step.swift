import Kafka
import Services
import Simulation
import VirtualKafka

extension World {
    /// Lets the next event happen; false when the run is over.
    @discardableResult
    public mutating func step() -> Bool {
        guard !isFinished, let (time, event) = queue.popFirst() else { return false }
        precondition(time >= now, "the clock would run backwards")
        eventsOfThisMoment = time == now ? eventsOfThisMoment + 1 : 0
        precondition(eventsOfThisMoment < 1_000_000, "a million events at \(now): the clock does not advance")
        now = time
        if !event.isBookkeeping {
            eventCount += 1
            trace.fold(now)
            event.fold(into: &trace)
        }
        happen(event)
        drainKafka()
        return !isFinished
    }

    /// Lets everything happen.
    public mutating func run() {
        while step() {}
    }

    /// Lets everything happen up to a moment.
    public mutating func run(until moment: Instant) {
        while let next = queue.nextTime, next <= moment, step() {}
    }

    private mutating func happen(_ event: WorldEvent) {
        if !frozen.isEmpty, hold(event) { return }
        switch event {
        case .kafka(let event):
            cluster.receive(event, at: now, into: &kafkaOutput)
        case .timer(let process, let life, let timer):
            deliver(.timer(timer), to: process, life: life)
        case .commit(let process, let life, let batch, let fate):
            commit(batch, of: Int(process), life: life, fate)
        case .restart(let process, let life):
            if processes[Int(process)].life == life, !processes[Int(process)].isOut { startProcess(Int(process)) }
        case .stop(let process, let life):
            if processes[Int(process)].isOut { deliver(.stop, to: process, life: life) }
        case .environmentTimer(let id):
            tellEnvironment(.timer(id))
        case .request(let process, let request):
            arrive(request, at: Int(process))
        case .refused(let request):
            tellEnvironment(.refused(request: request))
        case .response(let request, let response):
            record(.answered(request: request, response))
            tellEnvironment(.response(request: request, response))
        case .call(let process, let life, let call, let fate):
            arrive(call, from: process, life: life, fate)
        case .answer(let process, let life, let call, let attempt, let body):
            let signal: Signal =
                body.map { .answered(call: call, attempt: attempt, $0) } ?? .callFailed(call: call, attempt: attempt)
            pass { .callAnswerArrived(at: $0.processes[Int(process)].name, call: call, attempt: attempt) }
            deliver(signal, to: process, life: life)
        case .send(let process, let life, let topic, let record, let tag):
            guard isAlive(process, life: life), isStillWanted(tag: tag, of: Int(process)) else { return }
            send(record, to: topic, tag: tag, from: Int(process))
            commitIfWaiting(Int(process))
        case .drop(let process, let life, let topic, let record, let tag):
            guard isAlive(process, life: life), isStillWanted(tag: tag, of: Int(process)) else { return }
            drop(record, to: topic, tag: tag, from: Int(process))
            commitIfWaiting(Int(process))
        case .strange(let topic, let record):
            heldBack -= 1
            sendAsStranger(record, to: topic)
        case .storm(let number): blow(number)
        case .faultBegins(let index): beginFault(index)
        case .faultEnds(let index): endFault(index)
        case .faultsOpen: cluster.network.conditions = faults.conditions(latency: scenario.cluster.latency)
        case .inspect:
            inspect()
            queue.push(.inspect, at: now + Self.inspectionInterval)
        case .heal: heal()
        case .checkSettled: checkSettled()
        }
    }

    /// Schedules what the cluster wants back, and passes its notices on, until nothing more comes.
    mutating func drainKafka() {
        while !kafkaOutput.scheduled.isEmpty || !kafkaOutput.notices.isEmpty || !kafkaOutput.observations.isEmpty {
            for (time, event) in kafkaOutput.scheduled { queue.push(.kafka(event), at: time) }
            for observation in kafkaOutput.observations { record(.cluster(observation)) }
            // Notices lead to effects, and those to further output: it goes into a buffer of its own.
            let notices = kafkaOutput.notices
            kafkaOutput.removeAll()
            for (client, notice) in notices { hear(notice, by: client) }
        }
        noteNetworkFaults()
    }

    private mutating func hear(_ notice: ClientNotice, by client: ClientID) {
        let owner = clientOwners[Int(client.rawValue)]
        guard owner != Self.stranger else { return hearAsStranger(notice, by: client) }
        // A process that crashed a moment ago hears nothing, and its next life did not ask.
        let index = Int(owner)
        let life = processes[index].life
        guard isAlive(owner, life: life), client == processes[index].consumer || client == processes[index].producer
        else { return }
        let signal: Signal
        switch notice {
        case .assigned(let partitions, _): signal = .assigned(partitions)
        case .revoked(let partitions, let lost, _): signal = .revoked(partitions, lost: lost)
        case .records(let partition, let records):
            pass { .recordsFetched(by: $0.processes[index].name, partition, offsets: records.map(\.offset)) }
            signal = .records(partition, records)
        case .delivered(let tag, let partition, let offset):
            if isTransactional {
                processes[index].publication.delivered.append((partition, offset))
            } else {
                record(.acknowledged(partition, offset: offset, by: processes[index].name))
            }
            signal = .delivered(tag: tag)
        case .deliveryFailed(let tag, let error): signal = .deliveryFailed(tag: tag, error)
        case .offsetsCommitted(_, let error): signal = .offsetsCommitted(error)
        case .transactionStep(let tag, let error): signal = publicationStepEnded(tag, error, of: index)
        case .committedOffsets, .offsetsListed, .endOfPartition, .error, .adminCompleted:
            // Services ask for none of this; what goes wrong shows in what they do not get.
            return
        case .fatal:
            // librdkafka's advice for a fatal error is to start the process again.
            return failed(index)
        }
        deliver(signal, to: owner, life: life)
    }
}

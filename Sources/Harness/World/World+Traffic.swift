import Kafka
import Services
import Simulation
import VirtualKafka

/// Traffic: records to Kafka, requests from clients, calls to providers.
extension World {
    // MARK: Records

    /// A service sends a record: this is where records are duplicated, delayed and put out of order.
    mutating func produce(_ record: Record, to topic: TopicID, tag: UInt64, from index: Int) {
        let life = processes[index].life
        if isTransactional, tag < processes[index].publication.firstTag { processes[index].publication.firstTag = tag }
        guard let place = faults.place(of: record, in: topic, cluster.topics),
            let fate = faults.recordFate(of: place, at: now)
        else { return send(record, to: topic, tag: tag, from: index) }
        self.record(.fault(fate))
        switch fate {
        case .duplicateRecord(_, let delay):
            send(record, to: topic, tag: tag, from: index)
            // Not by the process, which may be dead by then: a copy on its way does not need its sender.
            holdBack(record, for: topic, until: now + delay)
        case .reorderRecord(_, let delay):
            // The sender takes it for delivered, and goes on to the next of the key.
            holdBack(record, for: topic, until: now + delay)
            deliver(.delivered(tag: tag), to: Int32(index), life: life)
        case .delayRecord(_, let delay):
            noteHeldUp(index)
            queue.push(.send(process: Int32(index), life: life, topic, record, tag: tag), at: now + delay)
        case .dropRecord(_, let delay):
            noteHeldUp(index)
            queue.push(.drop(process: Int32(index), life: life, topic, record, tag: tag), at: now + delay)
        default:
            preconditionFailure("\(fate) is not a fault of records")
        }
    }

    mutating func send(_ record: Record, to topic: TopicID, tag: UInt64, from index: Int) {
        pass { .recordSent(by: $0.processes[index].name, topic, record) }
        cluster.produce(
            stamped(record, by: index), to: topic, tag: tag, by: processes[index].producer, at: now,
            into: &kafkaOutput)
    }

    mutating func drop(_ record: Record, to topic: TopicID, tag: UInt64, from index: Int) {
        cluster.drop(record, to: topic, tag: tag, by: processes[index].producer, at: now, into: &kafkaOutput)
    }

    /// The stranger is going to send a record.
    mutating func holdBack(_ record: Record, for topic: TopicID, until moment: Instant) {
        heldBack += 1
        queue.push(.strange(topic, record), at: moment)
    }

    /// The stranger stands for whatever else writes to the topics: broken producers, forwarders. It never crashes, and
    /// sends what it has for as long as it takes.
    mutating func sendAsStranger(_ record: Record, to topic: TopicID) {
        pass { _ in .recordSent(by: "stranger", topic, record) }
        lastStrangerTag += 1
        strangerRecords[lastStrangerTag] = (topic, record)
        cluster.produce(record, to: topic, tag: lastStrangerTag, by: strangerProducer, at: now, into: &kafkaOutput)
    }

    private mutating func hearAsStranger(_ notice: ClientNotice) {
        switch notice {
        case .delivered(let tag, _, _): strangerRecords[tag] = nil
        case .deliveryFailed(let tag, _):
            guard let lost = strangerRecords.removeValue(forKey: tag) else { return }
            holdBack(lost.record, for: lost.topic, until: now + .seconds(1))
        default: break
        }
    }

    /// The consumer of a storm gives up at once what it is asked for.
    mutating func hearAsStranger(_ notice: ClientNotice, by client: ClientID) {
        if case .revoked(_, lost: false, _) = notice {
            cluster.completeRevocation(by: client, at: now, into: &kafkaOutput)
        } else {
            hearAsStranger(notice)
        }
    }

    // MARK: Requests

    mutating func tellEnvironment(_ signal: EnvironmentSignal) {
        environment.receive(signal, at: now, into: &environmentOutput)
        drainEnvironment()
    }

    mutating func drainEnvironment() {
        for entry in environmentOutput.ledger { record(.ledger(entry)) }
        for (time, id) in environmentOutput.timers { queue.push(.environmentTimer(id), at: max(time, now)) }
        for (service, request) in environmentOutput.requests { send(request, to: service) }
        for (token, delay, body) in environmentOutput.answers { answer(token, after: delay, body) }
        environmentOutput.removeAll()
    }

    /// A client's request goes to one of the live instances, as a load balancer would send it.
    private mutating func send(_ request: Request, to service: String) {
        record(.requested(service: service, request))
        let live = processes.indices.filter {
            services[processes[$0].service].name == service && processes[$0].instance != nil && !processes[$0].isOut
        }
        guard !live.isEmpty else {
            queue.push(.refused(request: request.id), at: now + scenario.cluster.latency.upperBound)
            return
        }
        let index = live[draws.index(below: live.count, .balancing, request.id)]
        let arrival = cluster.network.sendRequest(from: clientNode, to: processes[index].node, at: now)
        guard let arrival else { return }
        for _ in 0..<arrival.copies { queue.push(.request(process: Int32(index), request), at: arrival.at) }
    }

    mutating func arrive(_ request: Request, at index: Int) {
        guard processes[index].instance != nil else {
            queue.push(.refused(request: request.id), at: now + scenario.cluster.latency.lowerBound)
            return
        }
        pass { .requestArrived(request: request.id, at: $0.processes[index].name) }
        deliver(.request(request), to: Int32(index), life: processes[index].life)
    }

    mutating func respond(to request: UInt64, _ response: Response, from index: Int) {
        pass { .answerSent(request: request, by: $0.processes[index].name) }
        let arrival = cluster.network.send(from: processes[index].node, to: clientNode, at: now)
        if let arrival { queue.push(.response(request: request, response), at: arrival) }
    }

    // MARK: Provider calls

    mutating func make(_ call: ProviderCall, from index: Int) {
        let service = services[processes[index].service].name
        record(.called(service: service, call))
        pass { .called(by: $0.processes[index].name, call) }
        let fate = faults.providerFate(of: call, service: service, at: now)
        if let fate { record(.fault(.provider(fate.place, fate.fate))) }
        guard fate?.fate != .lost, !faults.isOut(service) else { return }
        let arrival = cluster.network.sendRequest(from: processes[index].node, to: providerNode, at: now)
        guard let arrival else { return }
        let event = WorldEvent.call(process: Int32(index), life: processes[index].life, call, fate?.fate)
        for _ in 0..<arrival.copies { queue.push(event, at: arrival.at) }
    }

    mutating func arrive(_ call: ProviderCall, from process: Int32, life: Int32, _ fate: ProviderFate?) {
        pass { .callArrived(by: $0.processes[Int(process)].name, call) }
        callsAtProvider.append(CallAtProvider(process: process, life: life, call: call.id, attempt: call.attempt))
        let service = services[processes[Int(process)].service].name
        let token = UInt64(callsAtProvider.count - 1)
        tellEnvironment(.call(call, service: service, token: token, fate: fate))
    }

    private mutating func answer(_ token: UInt64, after delay: Duration, _ body: [UInt8]?) {
        let origin = callsAtProvider[Int(token)]
        let node = processes[Int(origin.process)].node
        pass { _ in .callAnswered(call: origin.call, attempt: origin.attempt, body) }
        guard let arrival = cluster.network.send(from: providerNode, to: node, at: now) else { return }
        let event = WorldEvent.answer(
            process: origin.process, life: origin.life, call: origin.call, attempt: origin.attempt, body: body)
        queue.push(event, at: arrival + delay)
    }
}

/// Where the answer to a call must go.
struct CallAtProvider: Sendable {
    var process: Int32
    var life: Int32
    var call: UniqueID
    var attempt: Int
}

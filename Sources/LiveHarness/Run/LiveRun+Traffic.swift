import Harness
import Kafka
import Services
import Simulation

/// Traffic: requests from clients, calls to providers, records of the stranger.
extension LiveRun {
    // MARK: Clients

    func tellEnvironment(_ signal: EnvironmentSignal) {
        environment.receive(signal, at: now, into: &environmentOutput)
        drainEnvironment()
    }

    func drainEnvironment() {
        let output = environmentOutput
        environmentOutput.removeAll()
        for entry in output.ledger { record(.ledger(entry)) }
        for (time, id) in output.timers { agenda.push(.environmentTimer(id), at: max(time, now)) }
        for (service, request) in output.requests { send(request, to: service) }
        for (token, delay, body) in output.answers {
            agenda.push(.answer(callsAtProvider[Int(token)], body: body), at: now + delay)
        }
    }

    /// A client's request goes to one of the live instances, as a load balancer would send it.
    private func send(_ request: Request, to service: String) {
        record(.requested(service: service, request))
        let live = instances.indices.filter {
            cast.services[instances[$0].service].name == service && instances[$0].isStarted
        }
        guard !live.isEmpty else {
            agenda.push(.refused(request: request.id), at: now + .milliseconds(1))
            return
        }
        send(.request(request), to: live[draws.index(below: live.count, .balancing, request.id)])
    }

    // MARK: Providers

    func make(_ call: ProviderCall, number: UInt64, from index: Int) {
        let service = cast.services[instances[index].service].name
        record(.called(service: service, call))
        let fate = faults.providerFate(of: call, service: service, at: now)
        if let fate { record(.fault(.provider(fate.place, fate.fate))) }
        guard fate?.fate != .lost, !faults.isOut(service) else { return }
        callsAtProvider.append(CallOrigin(instance: index, life: instances[index].life, call: number))
        let token = UInt64(callsAtProvider.count - 1)
        tellEnvironment(.call(call, service: service, token: token, fate: fate?.fate))
    }

    /// The answer reaches the process that asked, if it still lives.
    func sendAnswer(_ body: [UInt8]?, to origin: CallOrigin) {
        guard instances[origin.instance].life == origin.life else { return }
        send(.providerAnswer(call: origin.call, body: body), to: origin.instance)
    }

    // MARK: The stranger

    /// The stranger is going to send a record.
    func holdBack(_ record: Record, for topic: TopicID, until moment: Instant) {
        heldBack += 1
        agenda.push(.strange(topic, record), at: moment)
    }

    func sendAsStranger(_ record: Record, to topic: TopicID) {
        if !stranger.send(record, to: topic) { holdBack(record, for: topic, until: now + .seconds(1)) }
    }
}

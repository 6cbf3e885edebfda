import Foundation
import Harness
import Kafka
import Services
import Simulation

/// A service instance as its run knows it.
struct SupervisedInstance {
    let name: String
    let service: Int
    /// Nil while it is down.
    var child: ChildProcess?
    var reader = FrameReader()
    /// Whether it takes requests.
    var isStarted = false
    /// Counts its starts, from 1.
    var life: Int32 = 0
    var effects: UInt64 = 0
    var transactions: UInt64 = 0
    /// When a fault has killed it: how long it stays down.
    var downtime: Duration?
    var deaths = 0
    /// Deaths in a row that nobody wanted.
    var failures = 0
    /// Its answer to the last question for what is pending.
    var pending: (question: Int, work: [String])?

    init(name: String, service: Int) {
        self.name = name
        self.service = service
    }
}

/// The processes: starting, dying, and what they say.
extension LiveRun {
    /// Deaths in a row that nobody wanted, after which a run gives up.
    private static let mostFailures = 20

    func start(_ index: Int) throws {
        instances[index].life += 1
        instances[index].reader = FrameReader()
        instances[index].isStarted = false
        instances[index].downtime = nil
        let child = try ChildProcess(options.worker)
        let instance = instances[index]
        instances[index].child = child
        let setup = WorkerSetup(
            scenario: ScenarioFile.write(scenario), file: file, seed: seed, index: index, life: instance.life,
            brokers: target.brokers, isEmbedded: target.kind == .embedded, prefix: topics.prefix, origin: clock.origin,
            store: options.store, storePrefix: stores.prefix ?? "", effects: instance.effects,
            transactions: instance.transactions, recordings: options.recordings)
        send(.begin(setup), to: index)
    }

    func send(_ message: ToWorker, to index: Int) {
        guard let child = instances[index].child else { return }
        guard let bytes = try? Frame.bytes(of: message) else {
            preconditionFailure("\(message) cannot be encoded: every message to a worker has to be")
        }
        child.send(bytes)
    }

    /// Hears what children say; waits for it at most so long.
    func listen(milliseconds: Int32) throws {
        var descriptors: [pollfd] = []
        var owners: [Int] = []
        for (index, instance) in instances.enumerated() {
            guard let child = instance.child else { continue }
            descriptors.append(pollfd(fd: child.output, events: Int16(POLLIN), revents: 0))
            owners.append(index)
            guard child.hasBacklog else { continue }
            descriptors.append(pollfd(fd: child.inputDescriptor, events: Int16(POLLOUT), revents: 0))
            owners.append(index)
        }
        guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else { return }
        for (descriptor, index) in zip(descriptors, owners) where descriptor.revents != 0 {
            if descriptor.events == Int16(POLLOUT) { instances[index].child?.flush() } else { try hear(index) }
        }
    }

    /// Takes what a child has said. Its last words come before its death.
    private func hear(_ index: Int) throws {
        guard let child = instances[index].child, child.output >= 0 else { return }
        guard let bytes = child.receive() else { return try died(index) }
        instances[index].reader.append(bytes)
        while let message = try instances[index].reader.next(FromWorker.self) { hear(message, from: index) }
    }

    private func hear(_ message: FromWorker, from index: Int) {
        let name = instances[index].name
        switch message {
        case .started:
            instances[index].isStarted = true
            instances[index].failures = 0
            record(.instance(name: name, instances[index].life == 1 ? "started" : "started again"))
        case .response(let request, let response):
            record(.answered(request: request, response))
            tellEnvironment(.response(request: request, response))
        case .call(let number, let call): make(call, number: number, from: index)
        case .acknowledged(let partition, let offset): record(.acknowledged(partition, offset: offset, by: name))
        case .struck(let fault): record(.fault(fault))
        case .dying(let fault, let transactions):
            guard case .crashInstance(_, let effect, let downtime) = fault else { return }
            record(.fault(fault))
            (instances[index].effects, instances[index].transactions) = (effect, transactions)
            instances[index].downtime = downtime
        case .handedOver(let topic, let record, let delay): holdBack(record, for: topic, until: now + delay)
        case .counted(let effects, let transactions):
            // Further ones may have come before it dies: their numbers are left out.
            instances[index].effects = effects + WorkerInterference.countingInterval
            instances[index].transactions = transactions + WorkerInterference.countingInterval
        case .pending(let question, let work): instances[index].pending = (question, work)
        case .note(let sentence): options.note("\(now)  \(sentence)")
        case .ended(let failure):
            if let failure { options.note("\(now)  \(name) failed: \(failure)") }
        }
    }

    /// Kills a process; false when it is down already.
    func killInstance(_ index: Int, restartAfter downtime: Duration) -> Bool {
        guard let child = instances[index].child, instances[index].downtime == nil else { return false }
        instances[index].downtime = downtime
        child.signal(SIGKILL)
        return true
    }

    private func died(_ index: Int) throws {
        guard let child = instances[index].child else { return }
        let ending = child.waitForEnd()
        let wasStarted = instances[index].isStarted
        instances[index].child = nil
        instances[index].isStarted = false
        instances[index].pending = nil
        if phase == .stopping, ending == .exited(0) { return }
        instances[index].deaths += 1
        record(.instance(name: instances[index].name, "crashed"))
        if instances[index].downtime == nil {
            options.note("\(now)  \(instances[index].name) ended by itself: \(ending)")
            instances[index].failures += wasStarted ? 0 : 1
            guard instances[index].failures < Self.mostFailures else {
                throw LiveRunError.failed("\(instances[index].name) does not start; what it said stands above")
            }
        }
        guard phase != .stopping else { return }
        let downtime = instances[index].downtime ?? .seconds(1)
        agenda.push(.restart(instance: index, life: instances[index].life), at: now + downtime)
    }

    // MARK: The end

    /// Lets every process finish, and ends those that do not.
    func stopInstances() throws {
        for instance in instances {
            instance.child?.signal(SIGCONT)
            instance.child?.signal(SIGTERM)
        }
        let limit = now + .seconds(40)
        while instances.contains(where: { $0.child != nil }) {
            try listen(milliseconds: 20)
            guard now >= limit else { continue }
            for index in instances.indices where instances[index].child != nil {
                settling.unsettled.append("\(instances[index].name) does not stop")
            }
            return endInstances()
        }
    }

    /// Ends every process at once.
    func endInstances() {
        for storm in storms.values { storm.stop() }
        storms = [:]
        for index in instances.indices {
            guard let child = instances[index].child else { continue }
            child.signal(SIGKILL)
            _ = child.waitForEnd()
            instances[index].child = nil
        }
    }
}

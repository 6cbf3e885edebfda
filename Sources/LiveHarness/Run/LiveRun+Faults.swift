import Foundation
import Harness
import Kafka
import Live
import RdKafka
import Services
import Simulation

/// Faults that have their time, and the healing of all.
extension LiveRun {
    /// Puts the beginnings of timed faults, and the end of all faults, on the agenda; those that the target cannot make are
    /// noted.
    func scheduleFaults() {
        unmade.add(messageRates: scenario.rates)
        for action in scenario.plan where action.moment == nil {
            if let reason = target.refusal(of: action) { unmade.add(action, because: reason) }
        }
        for (index, fault) in faults.timed.enumerated() {
            if let reason = target.refusal(of: fault.action) {
                unmade.add(fault.action, because: reason)
            } else {
                agenda.push(.faultBegins(index), at: fault.at)
            }
        }
        let healing: Instant = faults.isIdle ? now : .zero + scenario.rates.until
        agenda.push(.heal, at: healing)
    }

    func beginFault(_ index: Int) throws {
        let fault = faults.timed[index].action
        guard !fault.isOfCluster else {
            if try target.begin(fault) { begin(fault, index) }
            return
        }
        switch fault {
        case .killInstance(let name, _, let downtime):
            guard let instance = instances.firstIndex(where: { $0.name == name }),
                killInstance(instance, restartAfter: downtime)
            else { return }
            record(.fault(fault))
        case .freezeInstance(let name, _, _):
            guard let child = instances.first(where: { $0.name == name })?.child else { return }
            child.signal(SIGSTOP)
            begin(fault, index)
        case .rebalanceStorm(let name, _, _):
            guard let storm = try storm(on: name) else { return }
            storms[index] = storm
            begin(fault, index)
        case .redriveDeadLetters(let topic, _):
            record(.fault(fault))
            redriveDeadLetters(of: topic)
        case .poison(let kind, let topic, _, let number):
            guard let id = cast.topics.id(of: topic),
                let poison = scenario.system.poison(kind, for: topic, draws: draws.substream(.poison), number: number)
            else { return }
            record(.fault(fault))
            sendAsStranger(poison, to: id)
        // The instance knows by itself when it does not poll.
        case .stallConsumer, .providerOutage: begin(fault, index)
        default: preconditionFailure("\(fault) has no time of its own")
        }
    }

    private func begin(_ fault: FaultAction, _ index: Int) {
        record(.fault(fault))
        if case .addPartitions(let topic, let total, _) = fault { grow(topic, to: total) }
        guard let length = fault.length else { return }
        faults.ongoing.append(.init(index: index, action: fault))
        agenda.push(.faultEnds(index), at: now + length)
    }

    func endFault(_ index: Int) {
        guard let position = faults.ongoing.firstIndex(where: { $0.index == index }) else { return }
        end(faults.ongoing.remove(at: position))
    }

    private func end(_ fault: FaultInjector.OngoingFault) {
        guard !fault.action.isOfCluster else { return target.end(fault.action) }
        switch fault.action {
        // A process that was killed meanwhile, and its successor, take no notice.
        case .freezeInstance(let name, _, _): instances.first { $0.name == name }?.child?.signal(SIGCONT)
        case .rebalanceStorm: storms.removeValue(forKey: fault.index)?.stop()
        default: break
        }
    }

    /// Everything that is broken is mended; from here on everything has to come to rest.
    func heal() {
        while let fault = faults.ongoing.popLast() { end(fault) }
        phase = .settling
        agenda.push(.checkSettled, at: now + .milliseconds(500))
    }

    // MARK: Kinds

    private func storm(on name: String) throws -> Storm? {
        guard let service = cast.services.first(where: { $0.name == name }) else { return nil }
        let read = service.subscriptions(with: scenario.system.policies)
        guard !read.isEmpty else { return nil }
        let member = try properties.setting([
            (name: "group.id", value: topics.group(service.group)), (name: "enable.auto.commit", value: "false"),
            (name: "session.timeout.ms", value: "6000"), (name: "auto.offset.reset", value: "earliest"),
        ])
        return Storm(member, brokers: target.brokers, topics: read.map(topics.name))
    }

    private func grow(_ topic: String, to total: Int) {
        guard let id = cast.topics.id(of: topic) else { return }
        let before = partitions[Int(id.rawValue)]
        partitions[Int(id.rawValue)] = total
        collector.add((before..<max(before, total)).map { TopicPartition(id, Int32($0)) })
    }

    /// Sends every letter that stands in a dead-letter topic back to where it came from.
    private func redriveDeadLetters(of name: String) {
        guard let topic = cast.topics.id(of: name) else { return }
        let letters = collector.collected.entries.compactMap { entry -> Record? in
            guard case .appended(let partition, _, let record) = entry.event, partition.topic == topic else {
                return nil
            }
            return record
        }
        let redriven = letters.compactMap { letter -> (TopicID, Record)? in
            guard let redrive = try? Redrive(of: letter), let origin = cast.topics.id(of: redrive.topic),
                origin != topic
            else { return nil }
            return (origin, redrive.record)
        }
        record(.redriven(topic: name, sent: redriven.count, left: letters.count - redriven.count))
        for (topic, record) in redriven { sendAsStranger(record, to: topic) }
    }
}

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
        unmade.add(untoldRates: scenario.rates)
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
        let fault = faults.timed[index]
        let obstacle =
            fault.action.isOfCluster
            ? try target.begin(fault.action, isDrawn: fault.isDrawn) : try obstacle(to: fault.action, index)
        if let obstacle { return unmade.add(fault.action, because: obstacle) }
        record(.fault(fault.action))
        if case .addPartitions(let topic, let total, _) = fault.action { grow(topic, to: total) }
        if case .redriveDeadLetters(let topic, _) = fault.action { redriveDeadLetters(of: topic) }
        guard let length = fault.action.length else { return }
        faults.ongoing.append(.init(index: index, action: fault.action))
        agenda.push(.faultEnds(index), at: now + length)
    }

    /// Makes a fault that is none of the cluster's; why that cannot be done now comes back.
    private func obstacle(to fault: FaultAction, _ index: Int) throws -> String? {
        switch fault {
        case .killInstance(let name, _, let downtime):
            guard let instance = instances.firstIndex(where: { $0.name == name }) else { return Self.noSuchInstance }
            return killInstance(instance, restartAfter: downtime) ? nil : Self.isDown
        case .freezeInstance(let name, _, _):
            guard let instance = instances.first(where: { $0.name == name }) else { return Self.noSuchInstance }
            guard let child = instance.child, instance.downtime == nil else { return Self.isDown }
            child.signal(SIGSTOP)
        case .rebalanceStorm(let name, _, _):
            guard let storm = try storm(on: name) else { return "the service reads no topic" }
            storms[index] = storm
        case .poison(let kind, let topic, _, let number):
            guard let id = cast.topics.id(of: topic),
                let poison = scenario.system.poison(kind, for: topic, draws: draws.substream(.poison), number: number)
            else { return "no such poison can be made for the topic" }
            holdBack(poison, for: id, until: now)
        // Instances know by themselves when they do not poll and when their disk is full; the topic is read, and the call answered, as it begins.
        case .stallConsumer, .fullDisk, .providerOutage, .redriveDeadLetters: break
        default: preconditionFailure("\(fault) has no time of its own")
        }
        return nil
    }

    private static let noSuchInstance = "there is no instance of that name"
    private static let isDown = "the instance was down already"

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
            (name: "session.timeout.ms", value: target.kind == .embedded ? "3500" : "6000"),
            (name: "auto.offset.reset", value: "earliest"),
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

import Kafka
import Services
import Simulation
import VirtualKafka

/// A process that is stopped, and what waits for it.
struct FrozenProcess: Sendable {
    var process: Int32
    var held: [WorldEvent] = []
}

/// A consumer that joins a group and leaves it, again and again.
struct RebalanceStorm: Sendable {
    /// The fault that it is, by its place in the injector's list.
    var fault: Int
    var service: Int
    /// Nil while it is out of the group.
    var consumer: ClientID?
    var hasEnded = false
}

/// Faults of group members: processes that are stopped, consumers that are not polled, groups that do not come to rest.
extension World {
    // MARK: Frozen processes

    mutating func freeze(_ index: Int) {
        guard !frozen.contains(where: { Int($0.process) == index }) else { return }
        frozen.append(FrozenProcess(process: Int32(index)))
        cluster.setFrozen(node: processes[index].node, true, at: now, into: &kafkaOutput)
    }

    /// The process goes on: all that waited for it happens now, in order.
    mutating func thaw(_ index: Int) {
        guard let position = frozen.firstIndex(where: { Int($0.process) == index }) else { return }
        for event in frozen.remove(at: position).held { queue.push(event, at: now) }
        cluster.setFrozen(node: processes[index].node, false, at: now, into: &kafkaOutput)
    }

    /// Keeps an event for a process that is stopped.
    mutating func hold(_ event: WorldEvent) -> Bool {
        guard let process = event.process, let position = frozen.firstIndex(where: { $0.process == process }) else {
            return false
        }
        frozen[position].held.append(event)
        return true
    }

    // MARK: Consumers that are not polled

    mutating func setPolling(_ isPolling: Bool, of index: Int) {
        guard processes[index].instance != nil else { return }
        cluster.setPolling(isPolling, by: processes[index].consumer, at: now, into: &kafkaOutput)
    }

    // MARK: Rebalance storms

    /// How long the disturbing consumer stays in the group, and out of it.
    private static let gust = Duration.milliseconds(400)

    mutating func beginStorm(_ service: String, fault: Int) {
        guard let index = services.firstIndex(where: { $0.name == service }) else { return }
        storms.append(RebalanceStorm(fault: fault, service: index))
        queue.push(.storm(storms.count - 1), at: now)
    }

    mutating func endStorm(fault: Int) {
        for number in storms.indices where storms[number].fault == fault {
            storms[number].hasEnded = true
            leave(number)
        }
    }

    mutating func blow(_ number: Int) {
        guard !storms[number].hasEnded else { return }
        if storms[number].consumer == nil { join(number) } else { leave(number) }
        queue.push(.storm(number), at: now + Self.gust)
    }

    private mutating func join(_ number: Int) {
        let service = storms[number].service
        let consumer = cluster.addConsumer(
            on: strangerNode, topics: services[service].subscriptions(with: scenario.system.policies),
            properties: consumerProperties(of: service, instance: "stranger"), at: now, into: &kafkaOutput)
        own(consumer, by: Self.stranger)
        storms[number].consumer = consumer
    }

    private mutating func leave(_ number: Int) {
        guard let consumer = storms[number].consumer else { return }
        cluster.close(consumer, at: now, into: &kafkaOutput)
        storms[number].consumer = nil
    }
}

import Foundation
import Harness
import Kafka
import Live
import RdKafka
import Services
import Simulation
import Stores

/// How far a run has come to rest.
struct Settling {
    var question = 0
    var askedAt = Instant.zero
    /// How many records there were when everything seemed to be at rest.
    var quietAt: Int?
    var unsettled: [String] = []
    /// The first thing that was not at rest when it was last looked at.
    var waiting: String?
    /// A consumer for each group, which asks for its offsets and never joins; by group.
    var observers: [String: Consumer] = [:]
}

/// Coming to rest: after the faults nothing may stay undone.
extension LiveRun {
    /// Ends the run when everything has come to rest, or has had time enough. What instances, stores and groups say is not of
    /// one moment, so they are asked twice, and nothing may have been written between.
    func checkSettled() {
        let limit = Instant.zero + scenario.rates.until + scenario.timing.settleLimit
        let isLate = now >= limit
        let waiting = whatIsPending(stoppingEarly: !isLate)
        settling.waiting = waiting.first
        if waiting.isEmpty, let quiet = settling.quietAt, quiet == collector.count { return finish([]) }
        settling.quietAt = waiting.isEmpty ? collector.count : nil
        if isLate, !waiting.isEmpty { return finish(waiting) }
        ask()
        agenda.push(.checkSettled, at: now + .milliseconds(500))
    }

    private func finish(_ waiting: [String]) {
        settling.unsettled = waiting
        isFinished = true
    }

    /// Asks every instance what it has not finished; the answers are looked at next time.
    private func ask() {
        settling.question += 1
        for index in instances.indices { send(.status(settling.question), to: index) }
    }

    /// What has not come to rest, a sentence each. Later questions are dearer, and asked only when it matters.
    private func whatIsPending(stoppingEarly: Bool) -> [String] {
        var sentences = environment.unfinished
        let foreign = stranger.waiting + heldBack
        if foreign > 0 {
            sentences.append("\(foreign) duplicated, reordered or foreign records are still on their way")
        }
        for instance in instances { sentences += pending(of: instance) }
        if stoppingEarly, !sentences.isEmpty { return sentences }
        for service in cast.services { sentences += pendingInStore(of: service) }
        if stoppingEarly, !sentences.isEmpty { return sentences }
        for (group, partition, committed, end) in offsets() where (committed ?? 0) < end {
            let service = cast.services.first { $0.group == group }?.name ?? group
            sentences.append(
                Unfinished.sentence(
                    onLagOf: service, in: cast.topics.describe(partition), committed: committed ?? 0, end: end))
        }
        return sentences
    }

    private func pending(of instance: SupervisedInstance) -> [String] {
        guard instance.child != nil, instance.isStarted else { return ["\(instance.name) is down"] }
        guard let answer = instance.pending, answer.question == settling.question else {
            return ["\(instance.name) does not say what it is doing"]
        }
        return answer.work.map { "\(instance.name) \($0)" }
    }

    private func pendingInStore(of service: any Service) -> [String] {
        do {
            let store = try snapshot(of: service, Unfinished.tables)
            return Unfinished.sentences(on: store, of: service.name)
        } catch {
            return ["\(service.name)'s store cannot be read: \(error)"]
        }
    }

    /// What stands in a service's store.
    func snapshot(of service: any Service, _ tables: [any Row.Type]) throws -> ValueStore {
        let store = try stores.open(service: service.name)
        defer { store.close() }
        return try store.snapshot(of: tables)
    }

    // MARK: Groups

    /// Where each group stands in each partition that it reads.
    func offsets() -> [(group: String, partition: TopicPartition, committed: Int64?, end: Int64)] {
        cast.services.flatMap { service in
            let read = service.subscriptions(with: scenario.system.policies).flatMap { topic in
                (0..<partitions[Int(topic.rawValue)]).map { TopicPartition(topic, Int32($0)) }
            }
            return offsets(of: service.group, in: read)
        }
    }

    private func offsets(
        of group: String, in partitions: [TopicPartition]
    ) -> [(group: String, partition: TopicPartition, committed: Int64?, end: Int64)] {
        guard !partitions.isEmpty else { return [] }
        do {
            let observer = try observer(of: group)
            let committed = try observer.committed(partitions.map(topics.named), within: .seconds(5))
            return try partitions.map { partition in
                let named = topics.named(partition)
                let offset = committed.first { $0.partition == named }?.offset
                return (group, partition, offset, try observer.watermarks(of: named, within: .seconds(5)).high)
            }
        } catch {
            options.note("\(now)  the offsets of \(group) cannot be read: \(error)")
            // As if nothing had been committed: the run goes on waiting, and says so at its end.
            return partitions.map { (group, $0, nil, .max) }
        }
    }

    /// A client that can ask for the ends of logs.
    func anyObserver() throws -> Consumer { try observer(of: cast.services[0].group) }

    private func observer(of group: String) throws -> Consumer {
        if let known = settling.observers[group] { return known }
        let observer = try Consumer(
            properties.setting([(name: "group.id", value: topics.group(group))]), brokers: target.brokers)
        settling.observers[group] = observer
        return observer
    }
}

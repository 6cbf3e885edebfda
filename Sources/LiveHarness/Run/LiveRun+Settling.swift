import Foundation
import Harness
import Kafka
import Services
import Simulation
import Stores

/// How far a run has come to rest.
struct Settling {
    var question = 0
    /// How many records there were when everything seemed to be at rest.
    var quietAt: Int?
    var unsettled: [String] = []
    /// What could not be asked when it was last looked at: that nothing is known is no violation.
    var unreadable: [String] = []
    /// The first thing that was not at rest when it was last looked at.
    var waiting: String?
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
        if isLate, !waiting.isEmpty { return finish(waiting.filter { !settling.unreadable.contains($0) }) }
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
        settling.unreadable = []
        var sentences = environment.unfinished
        let foreign = stranger.waiting + heldBack
        if foreign > 0 {
            sentences.append("\(foreign) duplicated, reordered or foreign records are still on their way")
        }
        for instance in instances { sentences += pending(of: instance) }
        if stoppingEarly, !sentences.isEmpty { return sentences }
        for service in cast.services { sentences += pendingInStore(of: service) }
        if stoppingEarly, !sentences.isEmpty { return sentences }
        let (standings, unreadable) = standings()
        settling.unreadable = unreadable
        sentences += unreadable
        for (group, partition, committed, end) in standings where (committed ?? 0) < end {
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

    /// The partitions that a service's group reads.
    private func partitions(of service: any Service) -> [TopicPartition] {
        service.subscriptions(with: scenario.system.policies).flatMap { topic in
            (0..<partitions[Int(topic.rawValue)]).map { TopicPartition(topic, Int32($0)) }
        }
    }

    /// Where each group stands, and a sentence for each of which that cannot be found out.
    func standings() -> (known: [Standing], unreadable: [String]) {
        var known: [Standing] = []
        var unreadable: [String] = []
        for service in cast.services {
            do { known += try observers.standings(of: service.group, in: partitions(of: service)) } catch {
                unreadable.append("where the group of \(service.name) stands cannot be read (\(error.reason))")
            }
        }
        return (known, unreadable)
    }
}

import Kafka
import Services
import Simulation
import VirtualKafka

/// The cluster's own invariants, whatever the services do.
extension World {
    static let inspectionInterval = Duration.seconds(1)

    /// Writes down what does not hold, once: so a violation has its moment.
    mutating func inspect() { brokenInvariants += newlyBroken() }

    /// What does not hold, and was not seen before.
    func newlyBroken() -> [(at: Instant, sentence: String)] {
        guard brokenInvariants.count < 20 else { return [] }
        return cluster.checkInvariants()
            .filter { sentence in !brokenInvariants.contains { $0.sentence == sentence } }
            .map { (now, $0) }
    }
}

/// Coming to rest: after the faults nothing may stay undone.
extension World {
    /// Ends the run when everything has come to rest, or has had time enough.
    mutating func checkSettled() {
        let limit = Instant.zero + scenario.rates.until + scenario.timing.settleLimit
        let waiting = whatIsPending(stoppingEarly: now < limit)
        if waiting.isEmpty || now >= limit {
            unsettled = waiting
            isFinished = true
        } else {
            queue.push(.checkSettled, at: now + .milliseconds(500))
        }
    }

    /// What has not come to rest, a sentence each. Stops at the first one if only its existence matters.
    func whatIsPending(stoppingEarly: Bool) -> [String] {
        var sentences = environment.unfinished
        let foreign = strangerRecords.count + heldBack
        if foreign > 0 {
            sentences.append("\(foreign) duplicated, reordered or foreign records are still on their way")
        }
        for index in processes.indices where !(stoppingEarly && !sentences.isEmpty) {
            sentences += pending(of: processes[index])
        }
        for index in services.indices where !(stoppingEarly && !sentences.isEmpty) {
            sentences += Unfinished.sentences(on: stores[index], of: services[index].name)
            sentences += lag(of: services[index])
        }
        return sentences
    }

    private func pending(of process: Process) -> [String] {
        guard let instance = process.instance else { return process.isOut ? [] : ["\(process.name) is down"] }
        let end = process.isOut ? ["is stopping"] : []
        return (instance.pendingWork + end).map { "\(process.name) \($0)" }
    }

    private func lag(of service: any Service) -> [String] {
        var sentences: [String] = []
        for topic in service.subscriptions(with: scenario.system.policies) {
            for partition in 0..<cluster.partitionCount(of: topic) {
                let place = TopicPartition(topic, Int32(partition))
                let end = cluster.readableEnd(of: place)
                let committed = cluster.committedOffset(of: service.group, in: place) ?? 0
                guard committed < end || cluster.leader(of: place) == nil else { continue }
                sentences.append(
                    Unfinished.sentence(
                        onLagOf: service.name, in: cluster.topics.describe(place), committed: committed, end: end))
            }
        }
        return sentences
    }
}

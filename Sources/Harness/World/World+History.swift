import Kafka
import Services
import Simulation
import VirtualKafka

extension World {
    /// What the run has left so far.
    public func history() -> History {
        var history = History()
        history.topics = cluster.topics
        history.entries = entries()
        history.stores = zip(services, stores).map { ($0.name, $1) }
        history.offsets = services.flatMap { service in
            service.subscriptions(with: scenario.system.policies).flatMap { topic in
                (0..<cluster.partitionCount(of: topic)).map { partition in
                    let place = TopicPartition(topic, Int32(partition))
                    return (
                        service.group, place, cluster.committedOffset(of: service.group, in: place),
                        cluster.highWatermark(of: place)
                    )
                }
            }
        }
        history.unsettled = unsettled
        history.watchesCluster = true
        history.brokenInvariants = brokenInvariants + newlyBroken()
        history.end = now
        return history
    }

    /// What was recorded, and what stands in the logs, in order of time.
    private func entries() -> [History.Entry] {
        var entries: [History.Entry] = []
        for topic in scenario.system.topics.compactMap({ cluster.topics.id(of: $0.name) }) {
            for partition in 0..<cluster.partitionCount(of: topic) {
                let place = TopicPartition(topic, Int32(partition))
                cluster.forEachCommittedRecord(in: place) { offset, appendedAt, record in
                    entries.append(.init(at: appendedAt, event: .appended(place, offset: offset, record)))
                }
            }
        }
        // Appends come first among entries of one moment, as a log holds a record before anybody hears of it. Sorting
        // places instead of entries moves 16 bytes instead of 150.
        entries.append(contentsOf: recording)
        let order = entries.indices.map { (entries[$0].at, $0) }.sorted { $0 < $1 }
        return order.map { entries[$0.1] }
    }

    /// Every fault that has struck, in order.
    public var faultsSoFar: [FaultAction] {
        recording.compactMap { entry in if case .fault(let action) = entry.event { action } else { nil } }
    }
}

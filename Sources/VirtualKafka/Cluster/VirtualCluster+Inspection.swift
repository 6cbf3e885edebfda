import Kafka
import Simulation

/// For histories and checkers: what a run may look at without taking part in it.
extension VirtualCluster {
    /// Who leads a partition, as the controller has decided.
    public func leader(of partition: TopicPartition) -> Int? {
        let leader = quorum.image.partitions[fabric.topology.index(of: partition)].leader
        return leader >= 0 ? Int(leader) : nil
    }

    /// How many partitions a topic has.
    public func partitionCount(of topic: TopicID) -> Int { fabric.topology.partitionCount(of: topic) }

    /// Below it, records are committed: consumers may read them.
    public func highWatermark(of partition: TopicPartition) -> Int64 {
        let index = fabric.topology.index(of: partition)
        return brokers[bestReplica(index)].replicas[index].highWatermark
    }

    /// Every committed record in order, of the leader, or of the best replica when there is no leader.
    public func forEachCommittedRecord(
        in partition: TopicPartition, _ body: (_ offset: Int64, _ appendedAt: Instant, _ record: Record) -> Void
    ) {
        let index = fabric.topology.index(of: partition)
        let replica = brokers[bestReplica(index)].replicas[index]
        for number in replica.log.batches.indices {
            let batch = replica.log.batches[number]
            guard batch.nextOffset <= replica.highWatermark else { return }
            var offset = batch.baseOffset
            for record in batch.records {
                body(offset, batch.appendedAt, record)
                offset += 1
            }
        }
    }

    /// The leader that knows that it is; else the replica that knows of most committed records.
    private func bestReplica(_ index: Int) -> Int {
        let leader = Int(quorum.image.partitions[index].leader)
        if leader >= 0, brokers[leader].replicas[index].isLeader { return leader }
        var best = Int(fabric.topology.replicas[index][0])
        for candidate in fabric.topology.replicas[index]
        where brokers[Int(candidate)].replicas[index].highWatermark > brokers[best].replicas[index].highWatermark {
            best = Int(candidate)
        }
        return best
    }

    /// The next offset that the group would read, as committed last.
    public func committedOffset(of group: String, in partition: TopicPartition) -> Int64? {
        guard let number = fabric.groupNames.firstIndex(of: group) else { return nil }
        let offsetsPartition = fabric.groupPartitions[number]
        let wanted = Int32(fabric.topology.index(of: partition))
        let replica = brokers[bestReplica(offsetsPartition)].replicas[offsetsPartition]
        for index in replica.log.batches.indices.reversed() {
            let batch = replica.log.batches[index]
            guard batch.nextOffset <= replica.highWatermark else { continue }
            for record in batch.groupRecords.reversed() {
                if case .offset(let owner, wanted, let offset) = record, owner.index == number { return offset }
            }
        }
        return nil
    }

    /// What a consumer holds at the moment.
    public func assignment(of client: ClientID) -> [TopicPartition] {
        consumers[consumerIndex(client)].assigned(fabric)
    }

    /// The broker that is the active controller.
    public var controller: Int? { quorum.active }

    /// Whether a broker is running.
    public func isBrokerUp(_ broker: Int) -> Bool { brokers[broker].isUp }

    /// Whether a producer has messages without a delivery report.
    public func hasUnsentRecords(_ producer: ClientID) -> Bool {
        producers[producerIndex(producer)].queued > 0 && producers[producerIndex(producer)].core.isAlive
    }
}

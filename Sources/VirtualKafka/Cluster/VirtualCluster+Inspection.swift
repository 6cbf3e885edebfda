import Kafka
import Simulation

/// For histories and checkers: what a run may look at without taking part in it. Of a partition that does not exist
/// there is nothing, and its log ends at 0.
extension VirtualCluster {
    /// The number of a partition that the controller knows: it exists, and the cluster has been started.
    private func known(_ partition: TopicPartition) -> Int? {
        fabric.topology.number(of: partition).flatMap { $0 < quorum.image.partitions.count ? $0 : nil }
    }

    /// Who leads a partition, as the controller has decided.
    public func leader(of partition: TopicPartition) -> Int? {
        guard let number = known(partition) else { return nil }
        let leader = quorum.image.partitions[number].leader
        return leader >= 0 ? Int(leader) : nil
    }

    /// The brokers that have a replica of a partition, the preferred leader first.
    public func replicas(of partition: TopicPartition) -> [Int] {
        fabric.topology.number(of: partition).map { fabric.topology.replicas[$0].map { Int($0) } } ?? []
    }

    /// The in-sync set of a partition, as the controller has decided, in ascending order.
    public func inSyncReplicas(of partition: TopicPartition) -> [Int] {
        known(partition).map { quorum.image.partitions[$0].isr.members.map { Int($0) } } ?? []
    }

    /// How many partitions a topic has.
    public func partitionCount(of topic: TopicID) -> Int { fabric.topology.partitionCount(of: topic) }

    /// Where the log begins, of the leader, or of the best replica when there is no leader: what lies before was deleted.
    public func logStartOffset(of partition: TopicPartition) -> Int64 {
        guard let index = known(partition) else { return 0 }
        return brokers[bestReplica(index)].replicas[index].log.startOffset
    }

    /// Below it, records are committed. A new leader finds out only after a while.
    public func highWatermark(of partition: TopicPartition) -> Int64 {
        guard let index = known(partition) else { return 0 }
        return committedEnd(index, in: bestReplica(index))
    }

    /// Below it, a `read_committed` reader sees everything that there will ever be.
    public func lastStableOffset(of partition: TopicPartition) -> Int64 {
        guard let index = known(partition) else { return 0 }
        let broker = bestReplica(index)
        return brokers[broker].replicas[index].stableEnd(below: committedEnd(index, in: broker))
    }

    /// Behind the last record that a `read_committed` reader is handed by now. What follows is for nobody: markers, what
    /// was aborted, what is undecided; a group that has come so far has nothing left to read, although its lag is not
    /// zero.
    public func readableEnd(of partition: TopicPartition) -> Int64 {
        guard let index = known(partition) else { return 0 }
        let broker = bestReplica(index)
        let log = brokers[broker].replicas[index].log
        let transactions = brokers[broker].replicas[index].transactions
        let end = transactions.stableEnd(below: committedEnd(index, in: broker))
        if transactions.isEmpty { return end }
        var filter = AbortedBatches(transactions.aborted(from: log.startOffset, below: end))
        var readable: Int64 = 0
        for number in log.batches.indices {
            let batch = log.batches[number]
            guard batch.nextOffset <= end else { break }
            if !filter.leavesOut(batch) { readable = batch.nextOffset }
        }
        return readable
    }

    func committedEnd(_ index: Int, in broker: Int) -> Int64 {
        min(fabric.commitments[index].highWatermark, brokers[broker].replicas[index].log.endOffset)
    }

    /// Every committed record that was not deleted, in order, of the leader, or of the best replica when there is no
    /// leader: what a reader of the whole log would be handed. Nobody is handed control batches.
    public func forEachCommittedRecord(
        in partition: TopicPartition, isolation: IsolationLevel = .readCommitted,
        _ body: (_ offset: Int64, _ appendedAt: Instant, _ record: Record) -> Void
    ) {
        guard let index = known(partition) else { return }
        let broker = bestReplica(index)
        let replica = brokers[broker].replicas[index]
        var end = committedEnd(index, in: broker)
        if isolation == .readCommitted { end = replica.stableEnd(below: end) }
        var filter = AbortedBatches(
            isolation == .readCommitted ? replica.transactions.aborted(from: replica.log.startOffset, below: end) : [])
        for number in replica.log.batches.indices {
            let batch = replica.log.batches[number]
            guard batch.nextOffset <= end else { return }
            if filter.leavesOut(batch) { continue }
            var offset = batch.baseOffset
            for record in batch.records {
                if offset >= replica.log.startOffset { body(offset, batch.appendedAt, record) }
                offset += 1
            }
        }
    }

    /// The leader that knows that it is; else the longest log of the latest epoch among those that may lead next.
    func bestReplica(_ index: Int) -> Int {
        let metadata = quorum.image.partitions[index]
        if metadata.leader >= 0, brokers[Int(metadata.leader)].replicas[index].isLeader { return Int(metadata.leader) }
        func rank(_ broker: Int32) -> (Int, Int32, Int64) {
            let replica = brokers[Int(broker)].replicas[index]
            let isCandidate = metadata.candidates.contains(Int(broker))
            return (isCandidate ? 1 : 0, replica.log.lastEpoch, replica.log.endOffset)
        }
        var best = fabric.topology.replicas[index][0]
        for candidate in fabric.topology.replicas[index] where rank(candidate) > rank(best) { best = candidate }
        return Int(best)
    }

    /// The next offset that the group would read, as committed last.
    public func committedOffset(of group: String, in partition: TopicPartition) -> Int64? {
        guard let number = fabric.groupNames.firstIndex(of: group), let index = known(partition) else { return nil }
        let offsetsPartition = fabric.groupPartitions[number]
        let wanted = Int32(index)
        let broker = bestReplica(offsetsPartition)
        let end = committedEnd(offsetsPartition, in: broker)
        let replica = brokers[broker].replicas[offsetsPartition]
        // Of each producer, the marker that comes next: it decides about what lies before it.
        var markers: [(producer: Int64, isCommit: Bool)] = []
        for index in replica.log.batches.indices.reversed() {
            let batch = replica.log.batches[index]
            guard batch.nextOffset <= end else { continue }
            if batch.kind.isControl {
                markers.removeAll { $0.producer == batch.producer.id }
                markers.append((batch.producer.id, batch.kind == .commitMarker))
            }
            let isCommitted = markers.contains { $0.producer == batch.producer.id && $0.isCommit }
            if batch.kind == .transactional, !isCommitted { continue }
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
    public func isBrokerUp(_ broker: Int) -> Bool { brokers.indices.contains(broker) && brokers[broker].isUp }

    /// Whether a producer has messages without a delivery report.
    public func hasUnsentRecords(_ producer: ClientID) -> Bool {
        producers[producerIndex(producer)].queued > 0 && producers[producerIndex(producer)].core.isAlive
    }
}

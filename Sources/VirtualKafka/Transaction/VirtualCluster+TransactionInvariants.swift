import Kafka
import Simulation

extension VirtualCluster {
    /// What must hold of transactions at every moment. Partitions without transactions cost nothing.
    func checkTransactions(_ broken: inout [String]) {
        // What was decided may be lost with the disks of as many brokers as it takes.
        if !fabric.topology.transactionPartitions.contains(where: { fabric.commitments[$0].isVoid }) {
            broken += fabric.ledger.broken
        }
        for partition in 0..<fabric.topology.partitionCount {
            for broker in fabric.topology.replicas[partition] {
                let replica = brokers[Int(broker)].replicas[partition]
                guard !replica.transactions.isEmpty else { continue }
                checkIndex(replica, partition, broker, &broken)
            }
        }
    }

    private func describe(_ partition: Int) -> String { topics.describe(fabric.topology.partitions[partition]) }

    /// What a replica knows of transactions is what its log says. Of a long log, the end is looked at.
    private func checkIndex(_ replica: Replica, _ partition: Int, _ broker: Int32, _ broken: inout [String]) {
        let name = describe(partition)
        if replica.lastStableOffset > replica.highWatermark {
            broken.append("\(name): on broker \(broker) the last stable offset lies beyond the high watermark")
        }
        let batches = replica.log.batches
        let start = replica.log.startOffset
        // Backwards: of each producer, what comes next in the log.
        var decided: [Int64] = []
        var undecided: [Int64] = []
        for index in batches.indices.suffix(200).reversed() {
            let batch = batches[index]
            switch batch.kind {
            case .plain: break
            case .commitMarker, .abortMarker:
                if !decided.contains(batch.producer.id) { decided.append(batch.producer.id) }
            case .transactional:
                let isOpen = replica.transactions.isOpen(batch.producer.id)
                if decided.contains(batch.producer.id) { continue }
                if !isOpen {
                    broken.append("\(name): broker \(broker) takes \(batch.baseOffset) for decided, and it is not")
                } else if max(batch.baseOffset, start) < replica.lastStableOffset {
                    broken.append("\(name): broker \(broker) shows \(batch.baseOffset), which is not decided")
                }
                if !undecided.contains(batch.producer.id) { undecided.append(batch.producer.id) }
            }
        }
        let open = replica.transactions.open
        if batches.count <= 200, open.contains(where: { $0.firstOffset >= start && !undecided.contains($0.producer) }) {
            broken.append("\(name): broker \(broker) takes a transaction for open that is decided or was never begun")
        }
    }

    /// Sentences about transactions that hang: open in a partition although their coordinator does not know of them, or
    /// longer than their timeout, with some time added in which the coordinator notices. To be asked when the cluster
    /// has been healed and has settled.
    public func hangingTransactions(at now: Instant, slack: Duration = .seconds(30)) -> [String] {
        var hanging: [String] = []
        let coordinated = coordinatedTransactions
        for partition in 0..<fabric.topology.partitionCount {
            let replica = brokers[bestReplica(partition)].replicas[partition]
            for open in replica.transactions.open {
                let metadata = coordinated.first { $0.producer.id == open.producer }
                if metadata?.partitions.contains(Int32(partition)) != true {
                    hanging.append("\(describe(partition)): open since \(open.firstOffset), and nobody will end it")
                }
            }
        }
        for metadata in coordinated where metadata.state == .ongoing || metadata.isPrepared {
            if now - metadata.startedAt > metadata.timeout + slack {
                hanging.append(
                    "producer \(metadata.producer.id): its transaction has not ended since \(metadata.startedAt)")
            }
        }
        return hanging
    }

    /// As the present coordinators know them.
    private var coordinatedTransactions: [TransactionMetadata] {
        fabric.transactional.partitions.indices.compactMap { id in
            let entries = brokers[bestReplica(fabric.transactional.partitions[id])].transactions.entries
            return id < entries.count ? entries[id].metadata : nil
        }
    }
}

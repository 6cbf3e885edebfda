import Kafka
import Simulation

extension Broker {
    // MARK: Taking over

    mutating func beginLoadingTransactions(_ partition: Int, _ fabric: inout Fabric) {
        transactions.states[partition - transactions.firstPartition] = .loading
        fabric.schedule(
            .loadCoordinator(
                broker: Int32(id), partition: Int32(partition), leaderEpoch: replicas[partition].leaderEpoch),
            at: fabric.now + fabric.configuration.coordinatorLoadTime)
    }

    /// Reads the transactional ids of a partition from its log, and goes on with what is decided.
    ///
    /// Kafka does so without waiting until what it reads is replicated. Then a decision could be told to some partitions,
    /// and be lost with this broker: here, the coordinator is loading until it is.
    mutating func loadTransactions(_ partition: Int, leaderEpoch: Int32, _ fabric: inout Fabric) {
        guard replicas[partition].isLeader, replicas[partition].leaderEpoch == leaderEpoch else { return }
        guard replicas[partition].highWatermark >= replicas[partition].epochStartOffset else {
            beginLoadingTransactions(partition, &fabric)
            return
        }
        forgetTransactions(of: partition, fabric)
        while transactions.entries.count < fabric.transactional.names.count {
            transactions.entries.append(CoordinatedTransaction())
        }
        for index in replicas[partition].log.batches.indices {
            for case .transaction(let transaction, let metadata) in replicas[partition].log.batches[index].groupRecords
            {
                transactions.entries[transaction.index].metadata = metadata
            }
        }
        transactions.states[partition - transactions.firstPartition] = .active
        for transaction in transactions.entries.indices
        where fabric.transactional.partitions[transaction] == partition {
            let id = TransactionalID(rawValue: Int32(transaction))
            // What too many disks have lost, nobody can be blamed for.
            if fabric.commitments[partition].isVoid { fabric.ledger.forget(id) }
            guard let metadata = transactions.entries[transaction].metadata else { continue }
            if metadata.isPrepared { beginMarking(id, &fabric) } else { fabric.ledger.complete(id) }
        }
    }

    /// Leads the partition no more: its transactional ids are somebody else's.
    mutating func resignTransactions(_ partition: Int, _ fabric: borrowing Fabric) {
        transactions.states[partition - transactions.firstPartition] = .inactive
        forgetTransactions(of: partition, fabric)
    }

    private mutating func forgetTransactions(of partition: Int, _ fabric: borrowing Fabric) {
        for transaction in transactions.entries.indices
        where fabric.transactional.partitions[transaction] == partition {
            transactions.entries[transaction] = CoordinatedTransaction()
        }
        let partitions = fabric.transactional.partitions
        transactions.deliveries.removeAll { partitions[$0.markers.transaction.id.index] == partition }
    }

    // MARK: Every now and then

    mutating func tickTransactions(_ fabric: inout Fabric) {
        expireVerifications(&fabric)
        while let delivery = transactions.deliveries.first(where: { $0.deadline <= fabric.now }) {
            fabric.close(Int32(id), delivery.broker)
            connectionFailed(to: delivery.broker, &fabric)
        }
        guard fabric.now >= transactions.nextExpiryCheck else { return }
        transactions.nextExpiryCheck = fabric.now + Self.transactionExpiryInterval
        for transaction in transactions.entries.indices {
            guard let metadata = transactions.entries[transaction].metadata, metadata.state == .ongoing,
                transactions.entries[transaction].pending == nil, fabric.now - metadata.startedAt >= metadata.timeout
            else { continue }
            store(metadata.fenced(), of: TransactionalID(rawValue: Int32(transaction)), .none, &fabric)
        }
    }

    /// The connection to another broker is gone.
    mutating func transactionConnectionFailed(to broker: Int, _ fabric: inout Fabric) {
        failVerifications(at: broker, &fabric)
        guard transactions.deliveries.contains(where: { $0.broker == broker }) else { return }
        transactions.deliveries.removeAll { $0.broker == broker }
        armMarkerRetry(&fabric)
    }
}

import Kafka
import Simulation

extension Broker {
    private static let markerRetryInterval = Duration.milliseconds(100)

    // MARK: As the coordinator

    /// The decision is in the log: now every partition is told.
    mutating func beginMarking(_ transaction: TransactionalID, _ fabric: inout Fabric) {
        guard let metadata = transactions.entries[transaction.index].metadata else { return }
        transactions.entries[transaction.index].unmarked = metadata.partitions
        fabric.ledger.decide(transaction, metadata)
        continueMarking(transaction, &fabric)
    }

    /// Sends the markers that are missing and not on their way; without any, the transaction is complete.
    private mutating func continueMarking(_ transaction: TransactionalID, _ fabric: inout Fabric) {
        let entry = transactions.entries[transaction.index]
        guard let metadata = entry.metadata, metadata.isPrepared, entry.pending == nil else { return }
        if entry.unmarked.isEmpty {
            store(metadata.completed(), of: transaction, .none, &fabric)
            if transactions.entries[transaction.index].pending == nil { armMarkerRetry(&fabric) }
            return
        }
        let underway = transactions.deliveries.filter { $0.markers.transaction.id == transaction }
        let missing = entry.unmarked.filter { partition in
            !underway.contains { $0.markers.partitions.contains(partition) }
        }
        for leader in 0..<fabric.brokerCount {
            let led = missing.filter { Int(image.partitions[Int($0)].leader) == leader }
            if !led.isEmpty { deliver(led, of: transaction, metadata, to: leader, &fabric) }
        }
        if missing.contains(where: { image.partitions[Int($0)].leader < 0 }) { armMarkerRetry(&fabric) }
    }

    private mutating func deliver(
        _ partitions: [Int32], of transaction: TransactionalID, _ metadata: TransactionMetadata, to leader: Int,
        _ fabric: inout Fabric
    ) {
        let epoch = replicas[fabric.transactional.partitions[transaction.index]].leaderEpoch
        let markers = TransactionMarkers(
            transaction: TransactionReference(id: transaction, producer: metadata.producer),
            isCommit: metadata.state == .prepareCommit, coordinatorEpoch: epoch, partitions: partitions)
        transactions.deliveries.append(
            .init(
                markers: markers, broker: leader,
                deadline: fabric.now + fabric.configuration.replicaSocketTimeout))
        fabric.request(.transaction(.writeMarkers(markers)), from: Int32(id), to: leader, correlation: 0)
    }

    mutating func handleMarkerResults(
        _ markers: TransactionMarkers, _ results: [MarkerResult], from broker: Int, _ fabric: inout Fabric
    ) {
        let reference = markers.transaction
        guard
            let index = transactions.deliveries.firstIndex(where: {
                $0.broker == broker && $0.markers.transaction == reference
                    && $0.markers.coordinatorEpoch == markers.coordinatorEpoch
                    && $0.markers.partitions == markers.partitions
            })
        else { return }
        transactions.deliveries.remove(at: index)
        var hasFailed = false
        for result in results {
            switch result.error {
            // Somebody else decides for this producer now: what he has decided is written.
            case .none, .transactionCoordinatorFenced, .invalidProducerEpoch:
                transactions.entries[reference.id.index].unmarked.removeAll { $0 == result.partition }
            default: hasFailed = true
            }
        }
        if hasFailed { armMarkerRetry(&fabric) } else { continueMarking(reference.id, &fabric) }
    }

    mutating func armMarkerRetry(_ fabric: inout Fabric) {
        let moment = fabric.now + Self.markerRetryInterval
        if transactions.retryAlarm.arm(at: moment) {
            fabric.schedule(.transactionAlarm(broker: Int32(id)), at: moment)
        }
    }

    mutating func markerRetryFires(_ fabric: inout Fabric) {
        guard transactions.retryAlarm.fires(at: fabric.now) else { return }
        for transaction in transactions.entries.indices {
            continueMarking(TransactionalID(rawValue: Int32(transaction)), &fabric)
        }
    }

    // MARK: As the leader of a partition

    /// WriteTxnMarkers: appends a marker to each partition; answers when all are replicated.
    mutating func handleMarkers(_ markers: TransactionMarkers, from origin: Origin, _ fabric: inout Fabric) {
        let number = nextMarkerJob
        nextMarkerJob += 1
        markerJobs.append(
            MarkerJob(number: number, origin: origin, markers: markers, missing: markers.partitions.count))
        for partition in markers.partitions {
            let error = appendMarker(markers, to: Int(partition), job: number, &fabric)
            if error != .none { markerWritten(job: number, partition, error, &fabric) }
        }
    }

    mutating func appendMarker(
        _ markers: TransactionMarkers, to partition: Int, job: UInt32, _ fabric: inout Fabric
    ) -> ErrorCode {
        guard replicas[partition].isLeader else { return .notLeaderOrFollower }
        guard replicas[partition].isr.count >= Int(fabric.topology.minInsync[partition]) else {
            return .notEnoughReplicas
        }
        let producer = markers.transaction.producer
        if markers.coordinatorEpoch < replicas[partition].transactions.coordinatorEpoch(of: producer.id) {
            return .transactionCoordinatorFenced
        }
        if let epoch = replicas[partition].producers.epoch(of: producer.id), producer.epoch < epoch {
            return .invalidProducerEpoch
        }
        voidVerifications(of: producer.id, in: Int32(partition))
        let batch = Batch(
            baseOffset: replicas[partition].log.endOffset, appendedAt: fabric.now, records: [], groupRecords: [],
            producer: producer, kind: markers.isCommit ? .commitMarker : .abortMarker, baseSequence: -1,
            leaderEpoch: 0, size: 78, count: 1, coordinatorEpoch: markers.coordinatorEpoch)
        replicas[partition].waiters.append(
            .init(
                requiredOffset: batch.nextOffset, deadline: fabric.now + fabric.configuration.replicaSocketTimeout,
                purpose: .marker(job: job, partition: Int32(partition))))
        append(batch, to: partition, &fabric)
        return .none
    }

    /// A marker is replicated, or has failed to be.
    mutating func markerWritten(job number: UInt32, _ partition: Int32, _ error: ErrorCode, _ fabric: inout Fabric) {
        guard let index = markerJobs.firstIndex(where: { $0.number == number }) else { return }
        markerJobs[index].missing -= 1
        markerJobs[index].results.append(MarkerResult(partition: partition, error: error))
        let job = markerJobs[index]
        if error == .none { fabric.ledger.mark(job.markers, in: partition) }
        if job.missing == 0 { markerJobs.remove(at: index) }
        if error == .none, fabric.topology.offsetsPartitions.contains(Int(partition)) {
            settleOffsets(of: job.markers.transaction.producer.id, in: Int(partition), job.markers.isCommit, &fabric)
        }
        guard job.missing == 0 else { return }
        fabric.respond(
            .transaction(.writeMarkers(job.markers, job.results)), to: job.origin, by: id,
            after: fabric.appendLatency(of: id))
    }
}

/// A request for markers of which some are not replicated yet.
struct MarkerJob: Sendable {
    var number: UInt32
    var origin: Origin
    var markers: TransactionMarkers
    var missing: Int
    var results: [MarkerResult] = []
}

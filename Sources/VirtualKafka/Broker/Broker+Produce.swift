import Kafka
import Simulation

extension Broker {
    mutating func handleProduce(_ request: ProduceRequest, from origin: Origin, _ fabric: inout Fabric) {
        let partition = Int(request.partition)
        if let error = refusal(of: request, fabric.topology) {
            answerProduce(request.acks, error, -1, to: origin, &fabric)
            return
        }
        if let transaction = request.transaction, needsVerification(request.batch.producer, partition) {
            let reference = TransactionReference(id: transaction, producer: request.batch.producer)
            verify(reference, partition, .produce(origin, request), &fabric)
        } else {
            produce(request, from: origin, &fabric)
        }
    }

    /// Appends, unless it has been appended before, and answers in time.
    mutating func produce(_ request: ProduceRequest, from origin: Origin, _ fabric: inout Fabric) {
        let partition = Int(request.partition)
        var baseOffset = replicas[partition].log.endOffset
        if request.batch.producer.id >= 0, !defects.contains(.ignoresSequences) {
            switch replicas[partition].producers.check(
                request.batch.producer, request.batch.baseSequence, request.batch.records.count)
            {
            case .append: break
            case .duplicate(let offset): baseOffset = offset
            case .refuse(let error):
                answerProduce(request.acks, error, -1, to: origin, &fabric)
                return
            }
        }
        let isDuplicate = baseOffset < replicas[partition].log.endOffset
        if !isDuplicate { append(batch(request, at: baseOffset, fabric.now), to: partition, &fabric) }
        let requiredOffset = baseOffset + Int64(request.batch.records.count)
        if request.acks == .all, replicas[partition].highWatermark < requiredOffset,
            !defects.contains(.acknowledgesBeforeReplication)
        {
            replicas[partition].waiters.append(
                .init(
                    requiredOffset: requiredOffset, deadline: fabric.now + request.timeout,
                    purpose: .produce(origin, baseOffset: baseOffset)))
        } else {
            if request.acks == .all { fabric.commitments[partition].acknowledge(upTo: requiredOffset) }
            answerProduce(request.acks, .none, baseOffset, to: origin, &fabric)
        }
    }

    func refusal(of request: ProduceRequest, _ topology: borrowing Topology) -> ErrorCode? {
        let partition = Int(request.partition)
        // Only coordinators write there (`ReplicaManager.appendToLocalLog`).
        if topology.isInternal(partition: partition) { return .invalidTopic }
        if !replicas[partition].isLeader { return notLeader(of: partition) }
        if request.acks == .all, replicas[partition].isr.count < Int(topology.minInsync[partition]) {
            return .notEnoughReplicas
        }
        return request.batch.size > topology.settings(ofPartition: partition).maxMessageBytes ? .messageTooLarge : nil
    }

    private func batch(_ request: ProduceRequest, at offset: Int64, _ now: Instant) -> Batch {
        let batch = request.batch
        return Batch(
            baseOffset: offset, appendedAt: now, records: batch.records, groupRecords: [], producer: batch.producer,
            kind: request.transaction == nil ? .plain : .transactional, baseSequence: batch.baseSequence,
            leaderEpoch: 0, size: Int32(clamping: batch.size), count: Int32(batch.records.count))
    }

    /// Who wants no acknowledgement gets no answer either. So that it looks for the leader elsewhere, the connection is
    /// closed when something is wrong (`KafkaApis.handleProduceRequest`).
    func answerProduce(
        _ acks: ClientProperties.Acks, _ error: ErrorCode, _ offset: Int64, to origin: Origin, _ fabric: inout Fabric
    ) {
        guard acks != .none else {
            if error != .none { fabric.refuse(origin, by: Int32(id)) }
            return
        }
        fabric.respond(
            .produce(error, baseOffset: offset), to: origin, by: id, after: fabric.appendLatency(of: id))
    }

    /// Appends as the leader and wakes the followers.
    mutating func append(_ batch: Batch, to partition: Int, _ fabric: inout Fabric) {
        var batch = batch
        batch.leaderEpoch = replicas[partition].leaderEpoch
        let oldEnd = replicas[partition].log.endOffset
        replicas[partition].log.append(
            batch, at: fabric.now, flushInterval: fabric.configuration.logFlushInterval)
        replicas[partition].note(batch)
        for follower in fabric.topology.replicas[partition] where Int(follower) != id {
            let follower = Int(follower)
            // Until now it had everything: as long as its fetches kept coming.
            if replicas[partition].followers[follower].endOffset == oldEnd {
                replicas[partition].followers[follower].lastCaughtUp = max(
                    replicas[partition].followers[follower].lastCaughtUp, sessions[follower].lastFetch)
            }
            list(partition, for: follower)
            if sessions[follower].parked != nil { answerReplicaFetch(follower, &fabric) }
        }
        if replicas[partition].maximalISR == .only(id) { advanceHighWatermark(partition, &fabric) }
    }

    /// The high watermark is where the shortest log of the in-sync set ends. As long as the set is too small it stays
    /// where it is (KIP-966, Kafka 3.7 and later): who left the set has everything that is committed, and may lead.
    ///
    /// So a producer with `acks=all` whose batch was appended before the set shrank is not told
    /// NOT_ENOUGH_REPLICAS_AFTER_APPEND as by older brokers, where the watermark passes the batch. It waits: for the set
    /// to grow again, which is success, or for its `request.timeout.ms`, which is REQUEST_TIMED_OUT.
    mutating func advanceHighWatermark(_ partition: Int, _ fabric: inout Fabric) {
        guard replicas[partition].isr.count >= Int(fabric.topology.minInsync[partition]) else { return }
        var lowest = replicas[partition].log.endOffset
        var rest = replicas[partition].maximalISR
        rest.remove(id)
        while !rest.isEmpty {
            let member = rest.bits.trailingZeroBitCount
            rest.remove(member)
            lowest = min(lowest, replicas[partition].followers[member].endOffset)
        }
        guard lowest > replicas[partition].highWatermark else {
            if defects.contains(.highWatermarkMovesBack) { moveHighWatermarkBack(partition, fabric.topology) }
            return
        }
        replicas[partition].highWatermark = lowest
        replicas[partition].transactions.settle(below: lowest)
        fabric.commitments[partition].advance(to: lowest, in: replicas[partition].leaderEpoch)
        for follower in fabric.topology.replicas[partition] where Int(follower) != id {
            guard !replicas[partition].followers[Int(follower)].isWatermarkListed else { continue }
            replicas[partition].followers[Int(follower)].isWatermarkListed = true
            sessions[Int(follower)].staleWatermarks.append(Int32(partition))
        }
        completeWaiters(partition, &fabric)
        if !replicas[partition].watchers.isEmpty { wakeWatchers(of: partition, &fabric) }
    }

    /// Makes the mistake `highWatermarkMovesBack`.
    private mutating func moveHighWatermarkBack(_ partition: Int, _ topology: borrowing Topology) {
        for follower in topology.replicas[partition] where Int(follower) != id {
            let endOffset = replicas[partition].followers[Int(follower)].endOffset
            if endOffset >= 0 { replicas[partition].highWatermark = min(replicas[partition].highWatermark, endOffset) }
        }
    }

    private mutating func completeWaiters(_ partition: Int, _ fabric: inout Fabric) {
        let highWatermark = replicas[partition].highWatermark
        while let waiter = replicas[partition].waiters.popFirst(reachedBy: highWatermark) {
            fabric.commitments[partition].acknowledge(upTo: waiter.requiredOffset)
            complete(waiter.purpose, .none, &fabric)
        }
    }

    /// The replicas took too long, or the broker leads no more.
    mutating func expireWaiters(_ partition: Int, _ fabric: inout Fabric) {
        guard !replicas[partition].waiters.isEmpty else { return }
        for waiter in replicas[partition].waiters.removeExpired(at: fabric.now) {
            complete(waiter.purpose, .requestTimedOut, &fabric)
        }
    }

    mutating func complete(_ purpose: WaiterQueue.Purpose, _ error: ErrorCode, _ fabric: inout Fabric) {
        switch purpose {
        case .produce(let origin, let offset):
            fabric.respond(.produce(error, baseOffset: offset), to: origin, by: id)
        case .offsetCommit(let origin, let request, let position):
            completeOffsetCommit(request, at: position, error, to: origin, &fabric)
        case .assignment(let group, let generation):
            completeAssignment(group, generation: generation, error, &fabric)
        case .groupMetadata:
            break
        case .staticMember(let replacement):
            completeReplacement(replacement, error, &fabric)
        case .transaction(let step):
            complete(step, error, &fabric)
        case .transactionalOffsets(let origin):
            let answer: ErrorCode = error == .notLeaderOrFollower ? .notCoordinator : .coordinatorNotAvailable
            fabric.respond(.transaction(.commitOffsets(error == .none ? .none : answer)), to: origin, by: id)
        case .marker(let job, let partition):
            markerWritten(job: job, partition, error, &fabric)
        }
    }
}

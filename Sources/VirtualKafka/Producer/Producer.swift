import Kafka
import Simulation

/// A producer that behaves like librdkafka's: per-partition queues and batches, retries in order, idempotence.
struct Producer: Sendable {
    /// The properties that count while it runs, as plain values.
    struct Settings: Sendable {
        var acks: ClientProperties.Acks
        var isIdempotent: Bool
        var isGapless: Bool
        var linger: Duration
        var maxBatchCount: Int
        var maxBatchSize: Int
        var maxMessageSize: Int
        var maxInFlight: Int
        var maxRetries: Int64
        var messageTimeout: Duration
        var socketTimeout: Duration
        var requestTimeout: Duration
        var maxQueued: Int
        var partitioner: Partitioner
        var metadataPropagation: Duration

        init(_ properties: ClientProperties) {
            isIdempotent = properties.isIdempotent
            isGapless = isIdempotent && properties.boolean("enable.gapless.guarantee")
            acks = properties.isIdempotent ? .all : properties.acks
            linger = .milliseconds(properties.integer("linger.ms"))
            maxBatchCount = Int(properties.integer("batch.num.messages"))
            maxBatchSize = Int(properties.integer("batch.size"))
            maxMessageSize = Int(properties.integer("message.max.bytes"))
            maxInFlight = properties.maxInFlight
            maxRetries = properties.integer("message.send.max.retries")
            // A message does not outlive its transaction, unless somebody wants it to die sooner.
            let isTransactional = properties.transactionalID != nil && !properties.isSet("message.timeout.ms")
            let timeout = properties.integer(isTransactional ? "transaction.timeout.ms" : "message.timeout.ms")
            messageTimeout = timeout == 0 ? .seconds(1_000_000_000) : .milliseconds(timeout)
            socketTimeout = .milliseconds(properties.integer("socket.timeout.ms"))
            requestTimeout = .milliseconds(properties.integer("request.timeout.ms"))
            let queued = Int(properties.integer("queue.buffering.max.messages"))
            maxQueued = queued == 0 ? .max : queued
            partitioner = properties.partitioner
            metadataPropagation = .milliseconds(properties.integer("topic.metadata.propagation.max.ms"))
        }
    }

    var core: ClientCore
    let settings: Settings
    /// By partition number.
    var partitions: ContiguousArray<ProducerPartition>
    /// Partitions with something queued or in flight.
    var active: [Int32] = []
    /// Messages without a delivery report.
    var queued = 0
    private var nextBatch: UInt32 = 0
    /// Messages of topics that are not in the metadata.
    var unassigned: [UnassignedMessage] = []
    /// Topics that have proved not to exist.
    var unknownTopics: [TopicID] = []
    /// A partition waits for room in a connection.
    private var isThrottled = false

    var transaction: TransactionManager?
    var identity = ProducerIdentity.none
    var isIdentityInFlight = false
    /// A sequence has a hole: when everything in flight is settled, a new epoch begins (KIP-360).
    var needsNewEpoch = false
    /// Until everything that is queued is delivered or has failed, nothing waits for others to fill its batch.
    var isFlushing = false
    /// Why it produces no more, if it does not.
    var fatalError: ErrorCode?

    private static let partitionPurpose = Purpose("random partition")

    init(core: ClientCore, properties: ClientProperties, partitionCount: Int) {
        self.core = core
        settings = Settings(properties)
        partitions = ContiguousArray(repeating: ProducerPartition(), count: partitionCount)
    }

    /// The topology has grown.
    mutating func makeRoom(forPartitions count: Int) {
        while partitions.count < count { partitions.append(ProducerPartition()) }
    }

    // MARK: Producing

    mutating func produce(
        _ record: Record, to topic: TopicID, partition wanted: Int32?, tag: UInt64, _ fabric: inout Fabric
    ) {
        guard core.isAlive || core.isClosed else { return }
        let size = record.approximateSize
        if let error = refusal(ofSize: size) {
            fabric.notify(core.id, .deliveryFailed(tag: tag, error))
            return
        }
        if queued == 0 { isFlushing = false }
        let message = PendingMessage(tag: tag, enqueuedAt: fabric.now)
        var record = record
        // `CreateTime`: as librdkafka does it, 0 stands for now.
        if record.timestampMilliseconds == 0 { record.timestampMilliseconds = fabric.now.milliseconds }
        let count = fabric.topology.partitionCount(of: topic, in: core.image)
        guard count > 0 else {
            wait(for: topic, record, wanted, message, &fabric)
            return
        }
        guard let partition = choosePartition(record, topic, wanted, among: count, fabric) else {
            fabric.notify(core.id, .deliveryFailed(tag: tag, .unknownPartition))
            return
        }
        queued += 1
        enqueue(record, message, size, partition)
        let records = partitions[partition].records.count
        if settings.linger == .zero || records >= settings.maxBatchCount
            || partitions[partition].size >= settings.maxBatchSize
        {
            trySend(partition, &fabric)
        } else if records == 1 {
            core.wake(at: fabric.now + settings.linger, &fabric)
        }
        if queued == 1 { core.wakeLater(at: fabric.now + settings.messageTimeout, &fabric) }
    }

    /// Why a message of that size is not taken, if it is not.
    private func refusal(ofSize size: Int) -> ErrorCode? {
        if core.isClosed { return .destroyed }
        if let state = transaction?.state, state != .inTransaction {
            return state == .fatalError ? .fatal : .erroneousState
        }
        if fatalError != nil { return .fatal }
        if size > settings.maxMessageSize { return .messageTooLarge }
        return queued >= settings.maxQueued ? .queueFull : nil
    }

    mutating func enqueue(_ record: Record, _ message: PendingMessage, _ size: Int, _ partition: Int) {
        partitions[partition].records.append(record)
        partitions[partition].messages.append(message)
        partitions[partition].size += size
        activate(partition)
    }

    /// The number of the partition of a record; nil when the application wants one that does not exist.
    func choosePartition(
        _ record: Record, _ topic: TopicID, _ wanted: Int32?, among count: Int, _ fabric: borrowing Fabric
    ) -> Int? {
        if let wanted, !(0..<Int32(count)).contains(wanted) { return nil }
        let chosen =
            wanted.map { Int($0) } ?? settings.partitioner.partition(of: record.key, among: count)
            // librdkafka sticks to a random partition for `sticky.partitioning.linger.ms`, 10 ms.
            ?? fabric.draws.index(
                below: count, Self.partitionPurpose, UInt64(core.id.rawValue), UInt64(topic.rawValue),
                UInt64(fabric.now.milliseconds / 10))
        return Int(fabric.topology.numbers[Int(topic.rawValue)][chosen])
    }

    private mutating func activate(_ partition: Int) {
        guard !partitions[partition].isActive else { return }
        partitions[partition].isActive = true
        active.append(Int32(partition))
    }

    // MARK: Sending

    /// Does everything that is due.
    mutating func service(_ fabric: inout Fabric) {
        guard core.isAlive else { return }
        while let broker = core.timedOutBroker(at: fabric.now) {
            fabric.close(core.requester, broker)
            connectionFailed(broker, .timedOut, &fabric)
        }
        core.refreshMetadataIfDue(&fabric)
        expireUnassigned(&fabric)
        serveAll(&fabric)
        if transaction != nil { serveTransaction(&fabric) }
        core.wakeAgain(at: nextDeadline(after: fabric.now), &fabric)
    }

    private mutating func serveAll(_ fabric: inout Fabric) {
        isThrottled = false
        acquireIdentity(&fabric)
        for partition in active {
            expire(Int(partition), &fabric)
            trySend(Int(partition), &fabric)
        }
        dropIdle()
    }

    private mutating func dropIdle() {
        guard active.contains(where: { partitions[Int($0)].isIdle }) else { return }
        for partition in active where partitions[Int(partition)].isIdle { partitions[Int(partition)].isActive = false }
        active.removeAll { !partitions[Int($0)].isActive }
    }

    private func nextDeadline(after now: Instant) -> Instant {
        var next = min(core.nextDeadline(after: now), transactionDeadline)
        for partition in active {
            if let oldest = partitions[Int(partition)].oldest { next = min(next, oldest + settings.messageTimeout) }
        }
        for message in unassigned { next = min(next, message.message.enqueuedAt + settings.messageTimeout) }
        return next
    }

    /// Sends as many batches of a partition as may be sent now, in order.
    mutating func trySend(_ partition: Int, _ fabric: inout Fabric) {
        if settings.isIdempotent {
            if transaction != nil {
                guard maySendInTransaction(partition, &fabric) else { return }
            } else if identity.id < 0 || needsNewEpoch || fatalError != nil {
                acquireIdentity(&fabric)
                return
            }
        }
        while let index = nextToSend(partition, &fabric) {
            let leader = core.leader(of: partition)
            guard leader >= 0 else {
                core.wantMetadata(&fabric)
                return
            }
            guard core.isUsable(leader, fabric.now) else {
                core.wake(at: core.connections[leader].usableFrom, &fabric)
                // The leader may be gone for good.
                core.wantMetadata(&fabric)
                return
            }
            guard core.connections[leader].inFlight.count < settings.maxInFlight else {
                isThrottled = true
                return
            }
            guard !waitsForAnotherBroker(partition, upTo: index, leader) else { return }
            send(partition, index, to: leader, &fabric)
        }
    }

    /// The first batch that is not in flight, if its time has come; forms one if there is none.
    private mutating func nextToSend(_ partition: Int, _ fabric: inout Fabric) -> Int? {
        for index in partitions[partition].batches.indices {
            guard case .ready(let moment) = partitions[partition].batches[index].state else { continue }
            if moment > fabric.now {
                core.wake(at: moment, &fabric)
                return nil
            }
            return index
        }
        guard let first = partitions[partition].messages.first else { return nil }
        let isFull =
            partitions[partition].records.count >= settings.maxBatchCount
            || partitions[partition].size >= settings.maxBatchSize
        let isFlushed = isFull || isFlushing || transaction?.state == .flushing
        guard isFlushed || first.enqueuedAt + settings.linger <= fabric.now else {
            core.wake(at: first.enqueuedAt + settings.linger, &fabric)
            return nil
        }
        // Idempotence: a partition remembers five batches of a producer, so no more may follow one in doubt, settled or
        // not (KIP-98).
        if settings.isIdempotent, partitions[partition].batchesInDoubt >= 5 { return nil }
        let batch = partitions[partition].formBatch(
            number: nextBatch, maxCount: settings.maxBatchCount, maxSize: settings.maxBatchSize, at: fabric.now)
        nextBatch &+= 1
        partitions[partition].batches.append(batch)
        return partitions[partition].batches.count - 1
    }

    /// After a change of the leader, the answers of the old one are awaited first: they decide what is sent again.
    private func waitsForAnotherBroker(_ partition: Int, upTo end: Int, _ leader: Int) -> Bool {
        for index in 0..<end {
            if case .inFlight(let broker) = partitions[partition].batches[index].state, broker != leader { return true }
        }
        return false
    }

    private mutating func send(_ partition: Int, _ index: Int, to leader: Int, _ fabric: inout Fabric) {
        if settings.isIdempotent, partitions[partition].batches[index].baseSequence < 0 {
            partitions[partition].batches[index].baseSequence = partitions[partition].nextSequence
            partitions[partition].nextSequence = sequence(
                partitions[partition].nextSequence,
                plus: Int32(partitions[partition].batches[index].records.count))
        }
        let number = partitions[partition].batches[index].number
        let request = ProduceRequest(
            partition: Int32(partition), acks: settings.acks, timeout: settings.requestTimeout,
            transaction: transaction?.id,
            batch: ProducerBatch(
                records: partitions[partition].batches[index].records, size: partitions[partition].batches[index].size,
                producer: settings.isIdempotent ? identity : .none,
                baseSequence: partitions[partition].batches[index].baseSequence))
        if settings.acks == .none {
            core.sendOnly(.produce(request), to: leader, &fabric)
            settle(partition, index, offset: -1, &fabric)
            return
        }
        partitions[partition].batches[index].state = .inFlight(broker: leader)
        let oldest = partitions[partition].batches[index].messages[0].enqueuedAt
        let remaining = max(oldest + settings.messageTimeout - fabric.now, .milliseconds(1))
        core.send(
            .produce(request), to: leader, for: .produce(partition: Int32(partition), batch: number),
            timeout: min(settings.socketTimeout, remaining), &fabric)
    }

    // MARK: Reports

    /// A batch is delivered: its messages get their offsets.
    mutating func settle(_ partition: Int, _ index: Int, offset: Int64, _ fabric: inout Fabric) {
        let batch = partitions[partition].batches.remove(at: index)
        queued -= batch.messages.count
        let place = fabric.topology.partitions[partition]
        var next = offset
        for message in batch.messages {
            fabric.notify(core.id, .delivered(tag: message.tag, place, offset: next))
            if next >= 0 { next += 1 }
        }
    }

    mutating func report(_ messages: [PendingMessage], _ error: ErrorCode, _ fabric: inout Fabric) {
        queued -= messages.count
        for message in messages { fabric.notify(core.id, .deliveryFailed(tag: message.tag, error)) }
        if transaction != nil, !messages.isEmpty { failTransaction(error, &fabric) }
    }

    /// After an answer: this partition, and others if they waited for room in a connection.
    mutating func resume(_ partition: Int, _ fabric: inout Fabric) {
        if isThrottled || needsNewEpoch { serveAll(&fabric) } else { trySend(partition, &fabric) }
        if partitions[partition].isIdle { dropIdle() }
    }
}

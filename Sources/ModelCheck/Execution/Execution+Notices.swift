import Kafka
import Simulation
import VirtualKafka

extension Execution {
    /// What a client's application does when it is told something.
    mutating func handle(_ notice: ClientNotice, for client: ClientID) {
        tell("client \(client.rawValue): \(notice)")
        switch notice {
        case .delivered(let tag, let partition, let offset):
            statistics.delivered += 1
            reference.messages[Int(tag)].fate = .delivered(partition, offset: offset)
        case .deliveryFailed(let tag, _):
            statistics.failed += 1
            reference.messages[Int(tag)].fate = .failed
            reference.hasFailed[Int(client.rawValue)] = true
        case .assigned(let partitions, _):
            noteAssignment(partitions, of: client)
        case .revoked(let partitions, let isLost, _):
            reference.endReadings(of: client, areLost: isLost) { partitions.contains($0) }
            if !isLost { act { $0.completeRevocation(by: client, at: $1, into: &$2) } }
        case .records(let partition, let records):
            noteRecords(records, of: partition, by: client)
        case .offsetsCommitted(let tag, let error):
            noteCommitted(Int(tag >> 32), count: Int(tag & 0xffff_ffff), error)
        case .transactionStep(_, let error):
            noteTransactionStep(of: client, error)
        case .fatal:
            // A consumer that was fenced by its own successor is of no use any more.
            if let number = consumers.firstIndex(where: { $0?.client == client }) {
                _ = endConsumer(number, orderly: true)
            }
        case .adminCompleted, .committedOffsets, .offsetsListed, .endOfPartition, .error:
            break
        }
    }

    /// The number of a consumer's group.
    private func group(of client: ClientID) -> Int? {
        if let number = consumers.firstIndex(where: { $0?.client == client }) {
            return program.setup.consumers[number].group
        }
        return auditors.contains { $0.client == client } ? reference.groups.count - 1 : nil
    }

    func isolation(of client: ClientID) -> IsolationLevel {
        guard let number = consumers.firstIndex(where: { $0?.client == client }) else { return .readCommitted }
        return Self.consumerProperties(program.setup.consumers[number].properties, group: "").isolation
    }

    private mutating func noteAssignment(_ partitions: [TopicPartition], of client: ClientID) {
        // A notice may come after its client's process has ended.
        guard let group = group(of: client) else { return }
        let generation = cluster.generation(of: client)
        if generation > reference.groups[group].generation {
            reference.groups[group].generation = generation
            reference.groups[group].owners.removeAll()
        }
        for partition in partitions {
            reference.readings.append(
                Reference.Reading(
                    client: client, group: group, partition: partition, isolation: isolation(of: client),
                    generation: generation,
                    knownCommit: reference.lastAcknowledgedCommit(of: group, partition),
                    // Nobody has to tell a zombie what its group has committed since, and a former coordinator cannot.
                    beginsAtCommitted: generation == reference.groups[group].generation
                        && !cluster.hasFormerCoordinator(of: reference.groups[group].name),
                    rangeErrors: cluster.rangeErrors(of: client)))
        }
        guard generation == reference.groups[group].generation else { return }
        for partition in cluster.assignment(of: client) { claim(partition, client, group) }
    }

    private mutating func claim(_ partition: TopicPartition, _ client: ClientID, _ group: Int) {
        let known = reference.groups[group].owners.firstIndex { $0.partition == partition }
        guard let known else {
            reference.groups[group].owners.append((partition, client))
            return
        }
        let owner = reference.groups[group].owners[known]
        // A static member whose process is another one now keeps its partitions and its generation (KIP-345).
        if self.group(of: owner.client) == nil { reference.groups[group].owners[known].client = client }
        guard owner.client != client, self.group(of: owner.client) != nil, !isLossExcused(inOffsetsOf: group) else {
            return
        }
        reference.findings.append(
            Finding(
                .sharedPartition,
                "\(cluster.topics.describe(partition)) belongs to clients \(owner.client.rawValue) and "
                    + "\(client.rawValue) in generation \(reference.groups[group].generation)"))
    }

    private mutating func noteRecords(_ records: [ConsumerRecord], of partition: TopicPartition, by client: ClientID) {
        guard let group = group(of: client), let first = records.first else { return }
        statistics.consumed += records.count
        guard var reading = reference.openReading(of: client, partition) else {
            reference.findings.append(
                Finding(.strayRecords, "client \(client.rawValue), \(cluster.topics.describe(partition))"))
            return
        }
        let rangeErrors = cluster.rangeErrors(of: client)
        if reference.readings[reading].rangeErrors < rangeErrors {
            reading = reference.beginAnew(reading, rangeErrors)
        }
        if reference.readings[reading].records.isEmpty { judgeStart(first.offset, of: reading, in: group) }
        for record in records {
            let tag = reference.tag(of: record.record)
            reference.readings[reading].records.append((record.offset, tag))
        }
    }

    private mutating func noteCommitted(_ first: Int, count: Int, _ error: ErrorCode) {
        statistics.commits += 1
        for index in first..<first + count {
            reference.commits[index].state = error == .none ? .acknowledged : .failed
            let commit = reference.commits[index]
            guard error == .none, commit.isZombie, !isLossExcused(inOffsetsOf: commit.group) else { continue }
            reference.findings.append(
                Finding(
                    .zombieCommit,
                    "\(reference.groups[commit.group].name) commits \(commit.offset) of "
                        + "\(cluster.topics.describe(commit.partition)) by client \(commit.client.rawValue)"))
        }
    }

    // MARK: What excuses losses

    /// Whether what a group has committed may have been lost with the disks of as many brokers as it takes.
    func isLossExcused(inOffsetsOf group: Int) -> Bool {
        cluster.offsetsPartition(of: reference.groups[group].name).map(cluster.isLossExcused) ?? false
    }

    /// The partitions of the program's topics.
    var partitions: [TopicPartition] {
        program.setup.topics.indices.flatMap { number in
            let topic = TopicID(rawValue: Int32(number))
            return (0..<Int32(cluster.partitionCount(of: topic))).map { TopicPartition(topic, $0) }
        }
    }

    var isAnyLossExcused: Bool { cluster.isAnyLossExcused }
}

import Kafka
import Simulation
import VirtualKafka

extension Execution {
    /// Does what a step says; whether anything was there to be done.
    mutating func perform(_ action: Action) -> Bool {
        switch action {
        case .produce(let producer, let topic, let key, let count): produce(by: producer, topic, key, count)
        case .endTransaction(let producer, let commits): endTransaction(by: producer, commits: commits)
        case .killProducer(let producer): killProducer(producer)
        case .startConsumer(let consumer): startConsumer(consumer)
        case .closeConsumer(let consumer): endConsumer(consumer, orderly: true)
        case .killConsumer(let consumer): endConsumer(consumer, orderly: false)
        case .commit(let consumer, let behind): commit(by: consumer, behind: behind)
        case .pause(let consumer): setPaused(true, consumer)
        case .resume(let consumer): setPaused(false, consumer)
        case .rewind(let consumer, let records): rewind(consumer, records)
        case .stopPolling(let consumer): setPolling(false, consumer)
        case .poll(let consumer): setPolling(true, consumer)
        case .deleteRecords(let topic, let partition, let kept): deleteRecords(topic, partition, keeping: kept)
        case .addPartition(let topic): addPartition(topic)
        case .crash(let broker, let loss): crash(broker, losing: loss)
        case .restart(let broker): restart(broker)
        case .cut(let one, let other): block([(one, other), (other, one)])
        case .block(let from, let to): block([(from, to)])
        case .unblockAll: unblockAll()
        case .freeze(let machine): setFrozen(machine, true)
        case .thaw(let machine): setFrozen(machine, false)
        }
    }

    // MARK: Producers

    private mutating func produce(by number: Int, _ topic: Int, _ key: Int, _ count: Int) -> Bool {
        guard producers.indices.contains(number), program.setup.topics.indices.contains(topic) else { return false }
        let process = producers[number] ?? startProducer(number)
        guard !process.isFrozen else { return false }
        if process.stage != nil, !isInTransaction(number) { return false }
        let properties = ClientProperties(checked: program.setup.producers[number])
        for _ in 0..<count {
            let tag = reference.messages.count
            reference.messages.append(
                Reference.Message(
                    client: process.client, topic: topic, acks: properties.isIdempotent ? .all : properties.acks,
                    isIdempotent: properties.isIdempotent, transaction: reference.openTransaction(of: process.client)))
            let record = Record(
                key: key < 0 ? nil : Array("key \(key)".utf8), value: Reference.value(of: tag),
                timestampMilliseconds: now.milliseconds)
            let topic = TopicID(rawValue: Int32(topic))
            act { $0.produce(record, to: topic, tag: UInt64(tag), by: process.client, at: $1, into: &$2) }
        }
        return true
    }

    private mutating func startProducer(_ number: Int) -> Process {
        let node = cluster.network.addNode("producer-\(number)")
        let properties = ClientProperties(checked: program.setup.producers[number])
        let client = act { $0.addProducer(on: node, properties: properties, at: $1, into: &$2) }
        noteClient(client)
        let process = Process(client: client, node: node)
        producers[number] = process
        if properties.transactionalID != nil { initTransactions(number) }
        return producers[number] ?? process
    }

    mutating func noteClient(_ client: ClientID) {
        while reference.hasFailed.count <= Int(client.rawValue) { reference.hasFailed.append(false) }
    }

    private mutating func killProducer(_ number: Int) -> Bool {
        guard producers.indices.contains(number), let process = producers[number] else { return false }
        producers[number] = nil
        cluster.kill(node: process.node, at: now)
        reference.abandonTransaction(of: process.client)
        return true
    }

    // MARK: Consumers

    static func consumerProperties(_ properties: [Setup.Property], group: String) -> ClientProperties {
        let usual = [
            Setup.Property("group.id", group), Setup.Property("auto.offset.reset", "earliest"),
            Setup.Property("enable.auto.commit", "false"), Setup.Property("session.timeout.ms", "6000"),
            Setup.Property("heartbeat.interval.ms", "1000"),
            Setup.Property("topic.metadata.refresh.interval.ms", "10000"),
        ]
        return ClientProperties(checked: usual + properties)
    }

    private mutating func startConsumer(_ number: Int) -> Bool {
        guard consumers.indices.contains(number), consumers[number] == nil else { return false }
        let member = program.setup.consumers[number]
        consumers[number] = start(
            "consumer-\(number)",
            Self.consumerProperties(member.properties, group: reference.groups[member.group].name))
        return true
    }

    private mutating func start(_ name: String, _ properties: ClientProperties) -> Process {
        let node = cluster.network.addNode(name)
        let topics = program.setup.topics.indices.map { TopicID(rawValue: Int32($0)) }
        let client = act {
            $0.addConsumer(on: node, topics: topics, properties: properties, at: $1, into: &$2)
        }
        noteClient(client)
        return Process(client: client, node: node)
    }

    mutating func endConsumer(_ number: Int, orderly: Bool) -> Bool {
        guard consumers.indices.contains(number), let process = consumers[number], !(orderly && process.isFrozen)
        else { return false }
        consumers[number] = nil
        if orderly {
            act { $0.close(process.client, at: $1, into: &$2) }
        } else {
            cluster.kill(node: process.node, at: now)
        }
        reference.endReadings(of: process.client)
        return true
    }

    private mutating func commit(by number: Int, behind: Int) -> Bool {
        // Who leaves commits to the background does not commit by himself.
        guard consumers.indices.contains(number), let process = consumers[number], !process.isFrozen,
            process.isPolling,
            !Self.consumerProperties(program.setup.consumers[number].properties, group: "").boolean(
                "enable.auto.commit")
        else {
            return false
        }
        var offsets: [(TopicPartition, Int64)] = []
        let generation = cluster.generation(of: process.client)
        for index in reference.readings.indices where reference.readings[index].client == process.client {
            let reading = reference.readings[index]
            guard
                reading.isOpen
                    || (reading.isLost && reading.generation == generation
                        && reference.openReading(of: process.client, reading.partition) == nil)
            else { continue }
            let position = reading.records.count - 1 - behind
            guard position >= 0, reading.records[position].offset + 1 > reading.committed else { continue }
            reference.readings[index].committed = reading.records[position].offset + 1
            offsets.append((reading.partition, reading.records[position].offset + 1))
        }
        guard !offsets.isEmpty else { return false }
        // The tag names the first of the commits; the others follow.
        let tag = UInt64(reference.commits.count)
        let group = program.setup.consumers[number].group
        let isZombie = generation >= 0 && generation < reference.groups[group].generation
        for (partition, offset) in offsets {
            reference.commits.append(
                Reference.Commit(
                    group: group, client: process.client, partition: partition, offset: offset, isZombie: isZombie))
        }
        act { $0.commit(offsets, tag: tag << 32 | UInt64(offsets.count), by: process.client, at: $1, into: &$2) }
        return true
    }

    private mutating func setPaused(_ isPaused: Bool, _ number: Int) -> Bool {
        guard consumers.indices.contains(number), let process = consumers[number], !process.isFrozen, process.isPolling
        else { return false }
        let held = cluster.assignment(of: process.client)
        guard !held.isEmpty else { return false }
        if isPaused {
            cluster.pause(held, by: process.client)
        } else {
            act { $0.resume(held, by: process.client, at: $1, into: &$2) }
        }
        return true
    }

    // MARK: Machines

    private mutating func crash(_ broker: Int, losing loss: DiskLoss) -> Bool {
        guard broker < program.setup.brokers, cluster.isBrokerUp(broker) else { return false }
        act { $0.crashBroker(broker, losing: loss, at: $1, into: &$2) }
        return true
    }

    private mutating func restart(_ broker: Int) -> Bool {
        guard broker < program.setup.brokers, !cluster.isBrokerUp(broker) else { return false }
        act { $0.restartBroker(broker, at: $1, into: &$2) }
        return true
    }

    private func node(of machine: Machine) -> NodeID? {
        switch machine {
        case .broker(let broker): broker < program.setup.brokers ? NodeID(rawValue: Int32(broker)) : nil
        case .producer(let number): producers.indices.contains(number) ? producers[number]?.node : nil
        case .consumer(let number): consumers.indices.contains(number) ? consumers[number]?.node : nil
        }
    }

    private mutating func block(_ links: [(from: Machine, to: Machine)]) -> Bool {
        var isDone = false
        for link in links {
            guard let from = node(of: link.from), let to = node(of: link.to), from != to else { continue }
            cluster.network.block(from: from, to: to)
            isDone = true
        }
        return isDone
    }

    private mutating func unblockAll() -> Bool {
        cluster.network.unblockAll()
        return true
    }

    private mutating func setFrozen(_ machine: Machine, _ isFrozen: Bool) -> Bool {
        switch machine {
        case .producer(let number):
            guard producers.indices.contains(number), let process = producers[number], process.isFrozen != isFrozen
            else { return false }
            producers[number]?.isFrozen = isFrozen
            act { $0.setFrozen(node: process.node, isFrozen, at: $1, into: &$2) }
        case .consumer(let number):
            guard consumers.indices.contains(number), let process = consumers[number], process.isFrozen != isFrozen
            else { return false }
            consumers[number]?.isFrozen = isFrozen
            act { $0.setFrozen(node: process.node, isFrozen, at: $1, into: &$2) }
        case .broker:
            return false
        }
        return true
    }

    // MARK: The end

    /// Everything runs and can be reached, nobody is stopped. An auditor begins to read all there is.
    mutating func undoFaults() {
        cluster.network.conditions = NetworkConditions()
        cluster.network.unblockAll()
        for broker in 0..<program.setup.brokers { _ = restart(broker) }
        for number in producers.indices {
            _ = setFrozen(.producer(number), false)
            _ = endTransaction(by: number, commits: true)
        }
        for number in consumers.indices {
            _ = setFrozen(.consumer(number), false)
            _ = setPolling(true, number)
            _ = setPaused(false, number)
        }
        auditors.append(start("auditor", Self.consumerProperties([], group: "audit")))
    }
}

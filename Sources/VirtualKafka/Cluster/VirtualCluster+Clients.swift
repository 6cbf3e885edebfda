import Kafka
import Simulation

extension VirtualCluster {
    /// Starts a producer on a machine.
    public mutating func addProducer(
        on node: NodeID, properties: ClientProperties, at now: Instant, into output: inout KafkaOutput
    ) -> ClientID {
        begin(now, &output)
        let core = makeCore(on: node, properties, createsMissingTopics: true)
        clients.append(.producer(producers.count))
        var producer = Producer(core: core, properties: properties, partitionCount: fabric.topology.partitionCount)
        if let name = properties.transactionalID {
            producer.transaction = TransactionManager(
                id: fabric.transactional.intern(name, among: fabric.topology.transactionPartitions),
                timeout: .milliseconds(properties.integer("transaction.timeout.ms")))
        }
        producers.append(producer)
        producers[producers.count - 1].service(&fabric)
        end(&output)
        return core.id
    }

    /// Starts a consumer on a machine. With topics, it subscribes to them in its `group.id`; without, it reads what
    /// `assign` tells it, and needs a group only to commit.
    public mutating func addConsumer(
        on node: NodeID, topics: [TopicID], properties: ClientProperties, at now: Instant,
        into output: inout KafkaOutput
    ) -> ClientID {
        begin(now, &output)
        let core = makeCore(
            on: node, properties, createsMissingTopics: properties.boolean("allow.auto.create.topics"))
        clients.append(.consumer(consumers.count))
        let group = properties.groupID.map { fabric.intern(group: $0) } ?? .none
        let instance = properties.groupInstanceID.map { fabric.intern(instance: $0) } ?? .none
        consumers.append(
            Consumer(core: core, properties: properties, group: group, instance: instance, topics: topics))
        if group == .none, !topics.isEmpty { fabric.notify(core.id, .error(.unknownGroup, nil)) }
        for topic in topics { consumers[consumers.count - 1].core.need(topic, &fabric) }
        consumers[consumers.count - 1].service(&fabric)
        end(&output)
        return core.id
    }

    mutating func makeCore(
        on node: NodeID, _ properties: ClientProperties, createsMissingTopics: Bool
    ) -> ClientCore {
        let id = ClientID(rawValue: Int32(clients.count))
        let requester = fabric.addRequester(on: node)
        return ClientCore(
            id: id, requester: requester, node: node, properties: properties,
            createsMissingTopics: createsMissingTopics, fabric)
    }

    func producerIndex(_ client: ClientID) -> Int {
        guard case .producer(let index) = clients[Int(client.rawValue)] else {
            preconditionFailure("client \(client.rawValue) is not a producer")
        }
        return index
    }

    func consumerIndex(_ client: ClientID) -> Int {
        guard case .consumer(let index) = clients[Int(client.rawValue)] else {
            preconditionFailure("client \(client.rawValue) is not a consumer")
        }
        return index
    }

    // MARK: What applications do

    /// Hands a record to a producer, for a partition or, without one, for the one that the partitioner chooses. Its `tag`
    /// comes back in a `delivered` or `deliveryFailed` notice.
    public mutating func produce(
        _ record: Record, to topic: TopicID, partition: Int32? = nil, tag: UInt64, by producer: ClientID,
        at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        producers[producerIndex(producer)].produce(record, to: topic, partition: partition, tag: tag, &fabric)
        end(&output)
    }

    /// A record that was handed to a producer gets lost on its way to the log, as Kafka's protocol allows: the producer
    /// reports that its `message.timeout.ms` was over before it could be sent, or with `acks=0` that all is well.
    public mutating func drop(
        _ record: Record, to topic: TopicID, tag: UInt64, by producer: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        producers[producerIndex(producer)].drop(record, to: topic, tag: tag, &fabric)
        end(&output)
    }

    /// Ends a client in an orderly way: a consumer commits what is stored, if it commits in the background, and leaves its
    /// group; a producer drops what it has not sent. What it is asked to do afterwards ends with `destroyed`.
    public mutating func close(_ client: ClientID, at now: Instant, into output: inout KafkaOutput) {
        begin(now, &output)
        switch clients[Int(client.rawValue)] {
        case .producer(let index): producers[index].core.close()
        case .consumer(let index): consumers[index].close(&fabric)
        case .admin(let index): admins[index].core.close()
        }
        end(&output)
    }

    // MARK: What happens to machines

    /// The process of a machine dies: its clients vanish without a word.
    public mutating func kill(node: NodeID, at now: Instant) {
        fabric.now = now
        for index in producers.indices where producers[index].core.node == node {
            producers[index].core.die()
        }
        for index in consumers.indices where consumers[index].core.node == node {
            consumers[index].core.die()
            consumers[index].assignment = []
        }
        for index in admins.indices where admins[index].core.node == node { admins[index].core.die() }
        held.removeAll { $0.node == node }
        frozen.removeAll { $0 == node }
    }

    /// Stops the process of a machine, or lets it go on (SIGSTOP, SIGCONT): then it handles all that arrived meanwhile.
    public mutating func setFrozen(
        node: NodeID, _ isFrozen: Bool, at now: Instant, into output: inout KafkaOutput
    ) {
        begin(now, &output)
        if isFrozen {
            if !frozen.contains(node) { frozen.append(node) }
        } else {
            frozen.removeAll { $0 == node }
            for entry in held where entry.node == node { fabric.schedule(entry.event.kind, at: now) }
            held.removeAll { $0.node == node }
        }
        end(&output)
    }
}

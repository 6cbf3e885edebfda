import Kafka
import Simulation

extension VirtualCluster {
    /// The number of a topic's name. The topic need not exist: a producer creates it by using it, where brokers allow
    /// that, and `createTopics` creates it.
    public mutating func topicID(named name: String) -> TopicID { fabric.topology.intern(name) }

    /// Starts an administrator on a machine. Its operations are answered with an `adminCompleted` notice each.
    public mutating func addAdmin(
        on node: NodeID, properties: ClientProperties, at now: Instant, into output: inout KafkaOutput
    ) -> ClientID {
        begin(now, &output)
        let core = makeCore(on: node, properties, createsMissingTopics: false)
        clients.append(.admin(admins.count))
        admins.append(AdminClient(core: core, properties: properties))
        admins[admins.count - 1].service(&fabric)
        end(&output)
        return core.id
    }

    private func adminIndex(_ client: ClientID) -> Int {
        guard case .admin(let index) = clients[Int(client.rawValue)] else {
            preconditionFailure("client \(client.rawValue) is not an administrator")
        }
        return index
    }

    /// Creates topics; each succeeds or fails by itself.
    public mutating func createTopics(
        _ topics: [TopicSpecification], tag: UInt64, by admin: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        let items = topics.map { topic in
            let creation = TopicCreation(topic: fabric.topology.intern(topic.name), specification: topic)
            return AdminClient.Item(.createTopic(creation), about: .topic(topic.name))
        }
        admins[adminIndex(admin)].begin(items, tag: tag, &fabric)
        end(&output)
    }

    /// Gives a topic more partitions, so that there are `total`.
    public mutating func createPartitions(
        _ topic: TopicID, total: Int, tag: UInt64, by admin: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        let creation = PartitionsCreation(topic: topic, total: total)
        let item = AdminClient.Item(
            .createPartitions(creation), about: .topic(fabric.topology.topics.name(of: topic)))
        admins[adminIndex(admin)].begin([item], tag: tag, &fabric)
        end(&output)
    }

    /// Deletes records before an offset of each partition; -1 stands for the high watermark. The result says where the
    /// log begins then, on all live replicas.
    public mutating func deleteRecords(
        _ partitions: [(TopicPartition, before: Int64)], tag: UInt64, by admin: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        let items = partitions.map { partition, before in
            let number = fabric.topology.number(of: partition)
            let deletion = RecordDeletion(partition: Int32(number ?? -1), before: before)
            var item = AdminClient.Item(.deleteRecords(deletion), about: .partition(partition))
            if number == nil { item.fail(.unknownTopicOrPartition) }
            return item
        }
        admins[adminIndex(admin)].begin(items, tag: tag, &fabric)
        end(&output)
    }

    /// Elects leaders: the preferred ones, or any live replica where there is none.
    public mutating func electLeaders(
        _ partitions: [TopicPartition], _ kind: ElectionKind, tag: UInt64, by admin: ClientID, at now: Instant,
        into output: inout KafkaOutput
    ) {
        begin(now, &output)
        let items = partitions.map { partition in
            let number = fabric.topology.number(of: partition)
            let election = LeaderElection(partition: Int32(number ?? -1), kind: kind)
            var item = AdminClient.Item(.electLeader(election), about: .partition(partition))
            if number == nil { item.fail(.unknownTopicOrPartition) }
            return item
        }
        admins[adminIndex(admin)].begin(items, tag: tag, &fabric)
        end(&output)
    }
}

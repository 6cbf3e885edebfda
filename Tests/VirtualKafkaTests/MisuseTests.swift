import Kafka
import Simulation
import Testing
import VirtualKafka

/// What an application does wrong, it is told; the world goes on.
@Suite("Misuse")
struct MisuseTests {
    private static let nowhere = [
        TopicPartition(Driver.orders, 9), TopicPartition(Driver.orders, -1), TopicPartition(TopicID(rawValue: 77), 0),
        TopicPartition(TopicID(rawValue: -1), 0),
    ]

    @Test("Partitions that do not exist: consumers pass them over, or are told")
    func unknownPartitions() {
        var driver = Driver(partitions: 1)
        let (consumer, _) = driver.consumer()
        let reader = driver.reader(group: "readers")
        driver.run(for: .seconds(5))
        for place in Self.nowhere {
            driver.act { cluster, _, _ in cluster.pause([place], by: consumer) }
            driver.act { $0.resume([place], by: consumer, at: $1, into: &$2) }
            driver.act { $0.seek(place, to: 1, by: consumer, at: $1, into: &$2) }
            driver.act { $0.storeOffsets([(place, 1)], by: consumer, at: $1, into: &$2) }
            driver.act { $0.commit([(place, 1)], tag: 1, by: consumer, at: $1, into: &$2) }
            driver.act { $0.fetchCommitted([place], tag: 2, by: consumer, at: $1, into: &$2) }
            driver.act { $0.listOffsets([(place, .latest)], tag: 3, by: consumer, at: $1, into: &$2) }
            #expect(driver.answers[2]?.map(\.error) == [.unknownTopicOrPartition])
            #expect(driver.answers[3]?.map(\.error) == [.unknownTopicOrPartition])
            driver.act { $0.assign([(place, .beginning)], by: reader, at: $1, into: &$2) }
        }
        #expect(driver.committed.map(\.error) == Array(repeating: .unknownTopicOrPartition, count: 4))
        #expect(driver.errors.filter { $0.client == consumer }.map(\.error).allSatisfy { $0 == .erroneousState })
        #expect(driver.errors.count { $0.client == consumer } == 8)
        #expect(
            driver.errors.filter { $0.client == reader }.map(\.error)
                == Array(repeating: .unknownTopicOrPartition, count: 4))
        driver.run(for: .seconds(5))
        driver.fill(1)
        #expect(driver.offsets(of: consumer) == [0])
    }

    @Test("Partitions that do not exist: producers are told, also of topics that nobody has ever named")
    func producedToNowhere() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer()
        driver.run(for: .seconds(1))
        for (tag, place) in Self.nowhere.enumerated() {
            let tag = UInt64(tag)
            driver.act {
                $0.produce(
                    Record(key: nil, value: []), to: place.topic, partition: place.partition, tag: tag, by: producer,
                    at: $1, into: &$2)
            }
        }
        driver.run(for: .seconds(60))
        #expect(driver.failed == [0: .unknownPartition, 1: .unknownPartition, 2: .unknownTopic, 3: .unknownTopic])
    }

    @Test("Partitions that do not exist: administrators are told, observers find nothing")
    func inspectedNowhere() {
        var driver = Driver(partitions: 1)
        let admin = driver.act {
            $0.addAdmin(on: NodeID(rawValue: 0), properties: ClientProperties(), at: $1, into: &$2)
        }
        let places = Self.nowhere
        driver.act { $0.deleteRecords(places.map { ($0, before: -5) }, tag: 1, by: admin, at: $1, into: &$2) }
        driver.act { $0.electLeaders(places, .preferred, tag: 2, by: admin, at: $1, into: &$2) }
        for tag in 1...2 as ClosedRange<UInt64> {
            #expect(
                driver.adminResults[tag]?.map(\.error) == Array(repeating: .unknownTopicOrPartition, count: 4))
        }
        for place in places { expectNothing(of: place, in: driver.cluster) }
    }

    @Test("A cluster that was not started yet can be looked at")
    func notStarted() {
        let cluster = VirtualCluster(
            configuration: ClusterConfiguration(), topics: [TopicSpecification(name: "orders")],
            network: NetworkConditions(), draws: Draws(seed: 1))
        expectNothing(of: TopicPartition(Driver.orders, 0), in: cluster)
        #expect(cluster.coordinator(ofGroup: "shipping") == nil)
        #expect(!cluster.isBrokerUp(0) && cluster.controller == nil)
    }

    private func expectNothing(of place: TopicPartition, in cluster: VirtualCluster) {
        #expect(cluster.leader(of: place) == nil && cluster.inSyncReplicas(of: place).isEmpty)
        #expect(cluster.logStartOffset(of: place) == 0 && cluster.highWatermark(of: place) == 0)
        #expect(cluster.lastStableOffset(of: place) == 0 && cluster.readableEnd(of: place) == 0)
        #expect(cluster.committedOffset(of: "shipping", in: place) == nil)
        cluster.forEachCommittedRecord(in: place) { _, _, _ in Issue.record("a record of nowhere") }
    }

    @Test("Nothing happens to brokers that do not exist")
    func unknownBrokers() {
        var driver = Driver(partitions: 1)
        for broker in [-1, 3, 64, 1_000] {
            driver.crash(broker)
            driver.restart(broker)
            driver.cluster.slowDisk(of: broker, by: 2)
            #expect(!driver.cluster.isBrokerUp(broker))
            let place = TopicPartition(Driver.orders, 0)
            #expect(!driver.act { $0.moveLeader(of: place, to: broker, at: $1, into: &$2) })
        }
        driver.cluster.slowDisk(of: 0, by: -1)
        driver.fill(1)
        #expect(driver.log(0) == [0])
    }

    @Test("Offsets for a transaction: without a group, of nowhere, negative")
    func transactionalOffsets() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer()
        let loner = driver.reader(group: nil)
        let (consumer, _) = driver.consumer()
        driver.run(for: .seconds(5))
        driver.initialize(producer)
        driver.begin(producer)
        let place = TopicPartition(Driver.orders, 0)
        #expect(
            driver.send([(place, 1)], of: loner, by: producer) == .failed(TransactionError(.invalidArgument, .misuse)))
        #expect(driver.send([(place, -7)], of: consumer, by: producer) == .succeeded)
        #expect(
            driver.send([(place, 1), (Self.nowhere[0], 1)], of: consumer, by: producer)
                == .failed(TransactionError(.unknownTopicOrPartition, .abortable)))
        #expect(driver.abortTransaction(producer) == .succeeded)
        driver.begin(producer)
        #expect(driver.send([(place, 3)], of: consumer, by: producer) == .succeeded)
        #expect(driver.commitTransaction(producer) == .succeeded)
        driver.run(for: .seconds(1))
        #expect(driver.committedOffset() == 3)
    }

    @Test("Negative offsets are not committed")
    func negativeOffsets() {
        var driver = Driver(partitions: 2)
        let (consumer, _) = driver.consumer()
        driver.run(for: .seconds(5))
        let places = (0..<2).map { TopicPartition(Driver.orders, $0) }
        driver.commit([(places[0], -1)], tag: 1, by: consumer)
        driver.commit([(places[0], -1_001), (places[1], 4)], tag: 2, by: consumer)
        driver.run(for: .seconds(1))
        #expect(driver.committed.map(\.error) == [.noOffset, .none])
        #expect(driver.committedOffset(0) == nil && driver.committedOffset(1) == 4)
    }

    @Test("Who goes on using a client that it has closed is told so; a process that is dead is told nothing")
    func closedClients() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer()
        let (consumer, node) = driver.consumer()
        let admin = driver.act { $0.addAdmin(on: node, properties: ClientProperties(), at: $1, into: &$2) }
        driver.run(for: .seconds(5))
        driver.initialize(producer)
        for client in [producer, consumer, admin] { driver.act { $0.close(client, at: $1, into: &$2) } }
        useEverything(&driver, producer, consumer, admin)
        let misuse = TransactionError(.destroyed, .misuse)
        #expect(driver.begin(producer) == misuse)
        #expect(driver.failed == [1: .destroyed] && driver.outcome(of: 2) == .failed(misuse))
        #expect(driver.committed.map(\.error) == [.destroyed] && driver.answers[3]?.map(\.error) == [.destroyed])
        #expect(driver.adminResults[4]?.map(\.error) == [.destroyed])
        #expect(driver.errors.map(\.error) == Array(repeating: .destroyed, count: 3))
        driver.cluster.kill(node: node, at: driver.now)
        driver.committed = []
        driver.answers = [:]
        driver.adminResults = [:]
        driver.errors = []
        useEverything(&driver, producer, consumer, admin)
        #expect(driver.committed.isEmpty && driver.answers.isEmpty)
        #expect(driver.adminResults.isEmpty && driver.errors.isEmpty)
    }

    private func useEverything(_ driver: inout Driver, _ producer: ClientID, _ consumer: ClientID, _ admin: ClientID) {
        let place = TopicPartition(Driver.orders, 0)
        driver.produce(1, to: 0, by: producer)
        driver.act { $0.commitTransaction(tag: 2, by: producer, at: $1, into: &$2) }
        driver.act { $0.flush(producer, at: $1, into: &$2) }
        driver.act { $0.purge(queued: true, inFlight: true, by: producer, at: $1, into: &$2) }
        driver.commit([(place, 1)], tag: 3, by: consumer)
        driver.act { $0.fetchCommitted([place], tag: 3, by: consumer, at: $1, into: &$2) }
        driver.act { $0.seek(place, to: 0, by: consumer, at: $1, into: &$2) }
        driver.act { $0.assign([], by: consumer, at: $1, into: &$2) }
        driver.act { $0.storeOffsets([(place, 1)], by: consumer, at: $1, into: &$2) }
        driver.act { cluster, _, _ in cluster.pause([place], by: consumer) }
        driver.act { $0.resume([place], by: consumer, at: $1, into: &$2) }
        driver.act { $0.completeRevocation(by: consumer, at: $1, into: &$2) }
        driver.act { $0.createPartitions(Driver.orders, total: 3, tag: 4, by: admin, at: $1, into: &$2) }
        driver.run(for: .seconds(1))
    }

    @Test("The cluster's own topics are not for producers")
    func internalTopics() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer()
        for (tag, name) in ["__consumer_offsets", "__transaction_state"].enumerated() {
            let topic = driver.cluster.topicID(named: name)
            let tag = UInt64(tag)
            driver.act {
                $0.produce(Record(key: nil, value: []), to: topic, tag: tag, by: producer, at: $1, into: &$2)
            }
        }
        driver.run(for: .seconds(5))
        #expect(driver.failed == [0: .invalidTopic, 1: .invalidTopic])
    }
}

import Kafka
import LiveTestSupport
import RdKafka
import Testing

@Suite(.ownThread) struct AdminTests {
    private let cluster: MockCluster
    private let admin: Admin
    private let limit = Duration.seconds(10)

    init() throws {
        cluster = try MockCluster(brokers: 2)
        try cluster.createTopic("orders", partitions: 3, replicationFactor: 1)
        admin = try Admin(ClientProperties(), brokers: cluster.bootstrapServers)
    }

    @Test func `the cluster is described`() throws {
        let description = try admin.describeCluster(within: limit)
        #expect(description.brokers.map(\.id) == [1, 2])
        let addresses = description.brokers.map { "\($0.host):\($0.port)" }
        #expect(addresses.joined(separator: ",") == cluster.bootstrapServers)
        #expect(description.controller == nil, "the mock names a controller now: look at Admin.refuseMock")
        #expect(description.clusterID?.isEmpty == false)
        #expect(try admin.listTopics(within: limit).map(\.name) == ["orders"])
        #expect(try admin.listTopics(within: limit).map(\.partitions) == [3])
        #expect(try admin.describe(topic: "orders", within: limit).leaders.allSatisfy { $0 != nil })
    }

    @Test func `a group's lag is what lies between its offsets and the end`() throws {
        let producer = try Producer(ClientProperties(), brokers: cluster.bootstrapServers)
        for tag in 1...10 as ClosedRange<UInt64> {
            let partition: Int32 = tag > 6 ? 1 : 0
            try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: partition, tag: tag)
        }
        try producer.flush(within: limit)
        let properties = try ClientProperties(["group.id": "readers"])
        let consumer = try Consumer(properties, brokers: cluster.bootstrapServers)
        try consumer.commit([(NamedPartition("orders", 0), 2)])
        let lags = try admin.lag(of: "readers", topics: ["orders"], within: limit)
        #expect(lags.map(\.committed) == [2, nil, nil])
        #expect(lags.map(\.high) == [6, 4, 0])
        #expect(lags.map(\.lag) == [4, 4, 0])
    }

    @Test(.timeLimit(.minutes(1)))
    func `what the mock does not know is refused at once`() throws {
        let start = ContinuousClock.now
        var failures: [KafkaFailure?] = []
        func attempt(_ body: () throws(KafkaFailure) -> KafkaFailure?) {
            do { failures.append(try body()) } catch { failures.append(error) }
        }
        attempt { () throws(KafkaFailure) in
            try admin.createTopics([NewTopic("more", partitions: 1, replicationFactor: 1)], within: limit)[0].failure
        }
        attempt { () throws(KafkaFailure) in try admin.deleteTopics(["orders"], within: limit)[0].failure }
        attempt { () throws(KafkaFailure) in
            try admin.createPartitions("orders", total: 5, within: limit)[0].failure
        }
        attempt { () throws(KafkaFailure) in
            try admin.deleteRecords(before: [(NamedPartition("orders", 0), 0)], within: limit)[0].failure
        }
        attempt { () throws(KafkaFailure) in
            _ = try admin.listGroups(within: limit)
            return nil
        }
        attempt { () throws(KafkaFailure) in try admin.describe(group: "readers", within: limit).failure }
        attempt { () throws(KafkaFailure) in
            _ = try admin.configuration(ofTopic: "orders", within: limit)
            return nil
        }
        #expect(failures.map { $0?.isUnsupported } == Array(repeating: true, count: 7))
        #expect(ContinuousClock.now - start < limit)
    }
}

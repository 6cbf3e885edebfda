import Kafka
import LiveTestSupport
import RdKafka
import Testing

/// Members of a group, and what is taken from one and given to another.
@Suite(.ownThread) struct GroupTests {
    private let cluster: MockCluster
    private let partitions = [NamedPartition("orders", 0), NamedPartition("orders", 1)]

    init() throws {
        cluster = try MockCluster(brokers: 1)
        try cluster.createTopic("orders", partitions: 2, replicationFactor: 1)
    }

    private func consumer(_ strategy: String, defersRevocation: Bool = false) throws -> Consumer {
        let properties = try ClientProperties([
            "group.id": "readers", "fetch.wait.max.ms": "5", "auto.offset.reset": "earliest",
            "session.timeout.ms": "3100", "heartbeat.interval.ms": "100", "partition.assignment.strategy": strategy,
            "statistics.interval.ms": "1000",
        ])
        let consumer = try Consumer(
            properties, brokers: cluster.bootstrapServers, defersRevocation: defersRevocation, start: .beginning)
        try consumer.subscribe(to: ["orders"])
        return consumer
    }

    @Test("Two members share the partitions", arguments: ["range", "cooperative-sticky"])
    func share(_ strategy: String) async throws {
        let isCooperative = strategy == "cooperative-sticky"
        let first = try consumer(strategy, defersRevocation: true)
        var mine = try await first.events { $0.changes.count == 1 }
        #expect(mine.changes == [.assigned(partitions, isIncremental: isCooperative)])
        let second = try consumer(strategy)
        let theirs = try await second.events {
            let news = try first.poll(upTo: 100)
            mine += news
            for case .revoked in news { try first.completeRevocation() }
            let assigned = try first.assignment().count
            return try assigned == 1 && second.assignment().count == 1 && $0.changes.contains { $0.isAssignment }
        }
        #expect(try (first.assignment() + second.assignment()).sorted() == partitions)
        let revoked = mine.changes.compactMap { change -> [NamedPartition]? in
            guard case .revoked(let partitions, let isIncremental, let isLost) = change else { return nil }
            #expect(isIncremental == isCooperative && !isLost)
            return partitions
        }
        // Only what moves is given up, or everything.
        #expect(revoked.first?.count == (isCooperative ? 1 : 2))
        #expect(theirs.failures.isEmpty)

        let statistics = try await first.statistics { $0.brokers.contains { $0.id == 1 && $0.roundTripP99 != nil } }
        #expect(statistics.rebalances ?? 0 >= 1)
        #expect(statistics.bytesReceived > 0)
        // It goes while a revocation waits for an answer: nobody is left hanging.
        second.close()
        _ = try await first.events { $0.changes.contains { !$0.isAssignment } || isCooperative }
        let last = first.close()
        #expect(last.changes.allSatisfy { !$0.isAssignment })
    }

    @Test func `paused partitions rest, and go on where they stood or where they are sent`() async throws {
        let consumer = try consumer("range")
        _ = try await consumer.events { $0.changes.count == 1 }
        let producer = try Producer(
            ClientProperties(["statistics.interval.ms": "1000"]), brokers: cluster.bootstrapServers)
        try consumer.pause([partitions[0]])
        for tag in 0..<10 as Range<UInt64> {
            try producer.produce(Record(key: nil, value: [1]), to: "orders", partition: Int32(tag % 2), tag: tag)
        }
        try producer.flush(within: .seconds(10))
        var events = try await consumer.events { $0.records.count == 5 }
        #expect(events.records.allSatisfy { $0.partition == partitions[1] })
        try consumer.resume([partitions[0]])
        events = try await consumer.events { $0.records.count == 5 }
        #expect(events.records.map(\.partition) == Array(repeating: partitions[0], count: 5))
        try consumer.seek(partitions[0], to: .offset(3), within: .seconds(5))
        events = try await consumer.events { $0.records.count == 2 }
        #expect(events.records.map(\.offset) == [3, 4])
        try consumer.commitLater([(partitions[0], 5)], tag: 1)

        let counted = try await consumer.statistics { $0.messagesReceived >= 10 }
        #expect(counted.partitions.map(\.partition) == partitions)
        var sent: ClientStatistics?
        let deadline = ContinuousClock.now + .seconds(10)
        while sent?.messagesSent != 10, ContinuousClock.now < deadline {
            _ = try producer.poll()
            sent = producer.takeStatistics() ?? sent
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(sent?.messagesSent == 10)
        #expect(sent?.waitingMessages == 0)
        #expect(sent?.rebalances == nil)
    }
}

extension Consumer {
    /// Polls until statistics show something.
    fileprivate func statistics(until isShown: (ClientStatistics) -> Bool) async throws -> ClientStatistics {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            if let statistics = takeStatistics(), isShown(statistics) { return statistics }
            _ = try poll(upTo: 100)
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

extension ConsumerEvent {
    fileprivate var isAssignment: Bool {
        if case .assigned = self { true } else { false }
    }
}

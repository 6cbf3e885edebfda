import Kafka
import Services
import Simulation
import Testing

@Suite("A record whose handler fails")
struct RetryTests {
    private func bench(_ retry: Retry, brokenUntil: Instant = .zero) -> Workbench {
        var policies = RuntimePolicies()
        policies.retry = retry
        return Workbench(policies: policies, brokenUntil: brokenUntil)
    }

    private func text(_ record: Record, _ header: String) -> String? {
        record.header(header).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("goes to a retry topic with where it came from, and what follows it is handled")
    func firstFailure() throws {
        var bench = bench(.retryTopics)
        bench.wait(.milliseconds(10))
        bench.receive(["count a", "fail", "count b"])
        bench.settle()
        #expect(bench.count() == 2, "its partition goes on")
        #expect(bench.commits.last == 3)
        let retry = try #require(bench.outbox(to: 3).first)
        #expect(bench.store.count(of: OutboxMessage.self) == 1)
        #expect(retry.record.value == Array("fail".utf8))
        #expect(text(retry.record, "kafka_original-topic") == "in")
        #expect(text(retry.record, "kafka_original-partition") == "0")
        #expect(text(retry.record, "kafka_original-offset") == "1")
        #expect(text(retry.record, "kafka_original-timestamp") == "0")
        #expect(text(retry.record, "kafka_original-consumer-group") == "counting")
        #expect(text(retry.record, "kafka_exception-fqcn") == "HandlerFailed")
        #expect(text(retry.record, "retry_topic-attempts") == "2")
        #expect(text(retry.record, "retry_topic-backoff-timestamp") == "1010")
        #expect(text(retry.record, "retry_topic-original-timestamp") == "0")
    }

    @Test("waits in the retry topic until it is due")
    func waiting() throws {
        var bench = bench(.retryTopics, brokenUntil: .zero + .milliseconds(900))
        bench.wait(.milliseconds(10))
        bench.receive(["fragile a"])
        bench.settle()
        bench.receive(try #require(bench.outbox(to: 3).first))
        bench.settle()
        #expect(bench.timers.contains { $0.at == .zero + .milliseconds(1_010) })
        bench.wait(.milliseconds(950))
        #expect(bench.count() == 0)
        bench.wait(.milliseconds(100))
        #expect(bench.count() == 1)
    }

    @Test("is handled when it is due, although what stands behind it is not")
    func dueAndNotDue() throws {
        var bench = bench(.retryTopics, brokenUntil: .zero + .milliseconds(1))
        bench.receive(["fragile a"])
        bench.settle()
        let retry = try #require(bench.outbox(to: 3).first)
        let partition = TopicPartition(retry.topic, 0)
        let records = [Int64(1_000), 3_000, 2_000].enumerated().map { number, due in
            var record = retry.record
            record.value = Array("fragile \(due)".utf8)
            record.headers.removeAll { $0.name == RetryHeader.due }
            record.headers.append(Header(RetryHeader.due, "\(due)"))
            return ConsumerRecord(partition: partition, offset: Int64(number), record: record)
        }
        bench.send(.assigned([partition]))
        bench.send(.records(partition, records))
        bench.settle()
        var counts: [Int64] = []
        for _ in 0..<4 {
            counts.append(bench.count())
            bench.wait(.milliseconds(1_050))
        }
        #expect(counts == [0, 1, 1, 3], "a partition is read in order")
    }

    @Test("goes from one retry topic to the next, at last to the dead-letter topic with its first place")
    func allTheWay() throws {
        var bench = bench(.retryTopics)
        bench.receive(["count a", "fail"])
        bench.settle()
        for topic in Int32(3)...5 {
            let retry = try #require(bench.outbox(to: topic).first)
            bench.send(.delivered(tag: bench.produced[bench.produced.count - 1].tag))
            bench.receive(retry, at: 7)
            bench.wait(.seconds(5))
            let names = retry.record.headers.map(\.name)
            #expect(Set(names).count == names.count, "headers of earlier attempts are replaced")
        }
        let letter = try #require(bench.outbox(to: 2).first)
        #expect(bench.store.count(of: OutboxMessage.self) == 1)
        #expect(text(letter.record, DeadLetterHeader.topic) == "in")
        #expect(text(letter.record, DeadLetterHeader.partition) == "0")
        #expect(text(letter.record, DeadLetterHeader.offset) == "1")
        #expect(text(letter.record, DeadLetterHeader.group) == "counting")
        #expect(text(letter.record, DeadLetterHeader.message)?.hasPrefix("failed 4 times") == true)
        #expect(!letter.record.headers.contains { RetryHeader.all.contains($0.name) })
    }

    @Test("is passed over in a retry topic by other groups")
    func otherGroups() throws {
        var bench = bench(.retryTopics, brokenUntil: .zero + .milliseconds(1))
        bench.receive(["fragile a"])
        bench.settle()
        var foreign = try #require(bench.outbox(to: 3).first)
        foreign.record.headers.removeAll { $0.name == RetryHeader.group }
        foreign.record.headers.append(Header(RetryHeader.group, "somebody-else"))
        bench.receive(foreign)
        bench.wait(.seconds(5))
        #expect(bench.count() == 0)
        #expect(bench.store.count(of: OutboxMessage.self) == 1, "and is no dead letter either")
    }

    @Test("goes to a retry topic once, although it is handled again when its offset was not committed")
    func once() {
        var bench = bench(.retryTopics)
        bench.receive(["fail"])
        bench.transact(losingAnswer: true)
        bench.wait(.seconds(1))
        #expect(bench.outbox(to: 3).count == 1)
    }

    @Test("that says nothing of where it came from is dead-lettered from the retry topic")
    func stranger() throws {
        var bench = bench(.retryTopics)
        let partition = TopicPartition(TopicID(rawValue: 3), 0)
        bench.send(.assigned([partition]))
        let record = Record(key: nil, value: Array("count a".utf8))
        bench.send(.records(partition, [ConsumerRecord(partition: partition, offset: 5, record: record)]))
        bench.settle()
        let letter = try #require(bench.outbox(to: 2).first)
        #expect(text(letter.record, DeadLetterHeader.topic) == "in-retry-1")
        #expect(text(letter.record, DeadLetterHeader.exception) == "NoRetry")
    }

    @Test("goes to the dead-letter topic at once, where nothing is tried again")
    func none() throws {
        var bench = bench(.none, brokenUntil: .zero + .milliseconds(1))
        bench.receive(["fragile a", "count b"])
        bench.settle()
        #expect(bench.count() == 1)
        let letter = try #require(bench.outbox(to: 2).first)
        #expect(text(letter.record, DeadLetterHeader.message)?.hasPrefix("failed once") == true)
        #expect(bench.store.count(of: OutboxMessage.self) == 1)
    }

    @Test("needs topics only where the policy asks for them")
    func topics() {
        var policies = RuntimePolicies()
        for retry in Retry.allCases {
            policies.retry = retry
            let topics = policies.retryTopics(for: [("in", 4)])
            #expect(topics.map(\.name) == (retry == .retryTopics ? ["in-retry-1", "in-retry-2", "in-retry-3"] : []))
            #expect(topics.allSatisfy { $0.partitions == 4 && RetryTopics.isRetryTopic($0.name) })
            #expect(CountingService().subscriptions(with: policies).count == (retry == .retryTopics ? 4 : 1))
        }
        #expect(!RetryTopics.isRetryTopic("in"))
    }
}

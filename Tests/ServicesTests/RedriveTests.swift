import Kafka
import Services
import Simulation
import Testing

@Suite("Redriving")
struct RedriveTests {
    private let own = Header("ce_type", "OrderCreated")

    /// A record that has failed once, and where it went.
    private func failed(_ retry: Retry) throws -> Record {
        var policies = RuntimePolicies()
        policies.retry = retry
        var bench = Workbench(policies: policies)
        let record = Record(
            key: Array("k".utf8), value: Array("fail".utf8), headers: [own], timestampMilliseconds: 77)
        bench.send(
            .records(
                Workbench.partition, [ConsumerRecord(partition: Workbench.partition, offset: 4, record: record)]))
        bench.settle()
        return try #require(bench.store.rows(OutboxMessage.self).first).record
    }

    @Test(
        "makes a dead letter or a retried record what it was, and says how often",
        arguments: [Retry.none, .retryTopics])
    func roundTrip(retry: Retry) throws {
        let redrive = try Redrive(of: failed(retry))
        #expect(redrive.topic == "in")
        #expect(redrive.count == 1)
        #expect(
            redrive.record
                == Record(
                    key: Array("k".utf8), value: Array("fail".utf8),
                    headers: [own, Header(Redrive.countHeader, "1")], timestampMilliseconds: 77))
    }

    @Test("counts every time")
    func count() throws {
        var letter = try failed(.none)
        for expected in 1...3 {
            let redrive = try Redrive(of: letter)
            #expect(redrive.count == expected)
            letter.headers = redrive.record.headers + letter.headers.filter { $0.name.hasPrefix("kafka_dlt-") }
        }
        letter.headers.removeAll { $0.name == Redrive.countHeader }
        letter.headers.append(Header(Redrive.countHeader, "\(Int64.max)"))
        #expect(try Redrive(of: letter).count == Int.max)
    }

    @Test("refuses what does not say where it came from")
    func malformed() throws {
        #expect(throws: RedriveError.noLetter) { try Redrive(of: Record(key: nil, value: nil)) }
        let letter = try failed(.none)
        func with(_ header: String, _ value: [UInt8]?) -> Record {
            var record = letter
            record.headers.removeAll { $0.name == header }
            if let value { record.headers.append(Header(name: header, value: value)) }
            return record
        }
        #expect(throws: RedriveError.missing(header: DeadLetterHeader.offset)) {
            try Redrive(of: with(DeadLetterHeader.offset, nil))
        }
        #expect(throws: RedriveError.missing(header: DeadLetterHeader.topic)) {
            try Redrive(of: with(DeadLetterHeader.topic, [0xff]))
        }
        #expect(throws: RedriveError.malformed(header: DeadLetterHeader.topic, value: "")) {
            try Redrive(of: with(DeadLetterHeader.topic, []))
        }
        #expect(throws: RedriveError.malformed(header: DeadLetterHeader.partition, value: "-1")) {
            try Redrive(of: with(DeadLetterHeader.partition, Array("-1".utf8)))
        }
        #expect(throws: RedriveError.malformed(header: Redrive.countHeader, value: "often")) {
            try Redrive(of: with(Redrive.countHeader, Array("often".utf8)))
        }
        #expect(RedriveError.noLetter.description.contains("send it by hand"))
    }
}

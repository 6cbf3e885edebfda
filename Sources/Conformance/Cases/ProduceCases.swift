import Kafka

extension Suite {
    static let produceCases: [ConformanceCase] = [
        ConformanceCase(
            .produce, "records of a partition get dense offsets from 0",
            "The leader appends in order of arrival and numbers every record (protocol guide, Produce, base_offset).",
            shows: ["offset 0, offset 1, offset 2"]
        ) { lab in
            let topic = try lab.topic()
            lab.see(try lab.deliver(["a", "b", "c"], to: topic, by: lab.producer()).noted)
        },
        ConformanceCase(
            .produce, "each partition counts by itself",
            "Offsets are per partition (Kafka documentation, 4.2).",
            shows: ["0: offset 0, offset 1", "1: offset 0", "2: offset 0, offset 1, offset 2"]
        ) { lab in
            let topic = try lab.topic(3)
            let producer = try lab.producer()
            lab.see("0: " + (try lab.deliver(["a", "b"], to: topic, 0, by: producer).noted))
            lab.see("1: " + (try lab.deliver(["c"], to: topic, 1, by: producer).noted))
            lab.see("2: " + (try lab.deliver(["d", "e", "f"], to: topic, 2, by: producer).noted))
        },
        ConformanceCase(
            .produce, "two producers share the numbering of a partition",
            "Offsets belong to the log, not to who writes it.",
            shows: ["offset 0", "offset 1", "offset 2"]
        ) { lab in
            let topic = try lab.topic()
            let producers = [try lab.producer(), try lab.producer()]
            for turn in 0..<3 { lab.see(try lab.deliver(["x"], to: topic, by: producers[turn % 2]).noted) }
        },
        ConformanceCase(
            .produce, "acks=0 reports success without an offset",
            "The broker answers nothing to acks=0 (protocol guide, Produce); librdkafka reports when the request is sent.",
            shows: ["offset unknown", "0=a"]
        ) { lab in
            let topic = try lab.topic()
            lab.see(try lab.deliver(["a"], to: topic, by: lab.producer(["acks": "0"])).noted)
            lab.see(try lab.contents(topic, count: 1).noted)
        },
        ConformanceCase(
            .produce, "acks=1 reports the offset",
            "The leader answers after its own append (Producer Configs, acks).",
            shows: ["offset 0, offset 1", "0=a 1=b"]
        ) { lab in
            let topic = try lab.topic()
            lab.see(try lab.deliver(["a", "b"], to: topic, by: lab.producer(["acks": "1"])).noted)
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .produce, "a key chooses the partition by CRC32 with consistent_random",
            "librdkafka, CONFIGURATION.md, partitioner: consistent_random is CRC32 of the key.",
            shows: ["partitions 3 3 5 1 3 5"]
        ) { lab in
            lab.see(try partitions(of: ["a", "a", "b", "order-1", "order-2", "order-3"], "consistent_random", lab))
        },
        ConformanceCase(
            .produce, "murmur2_random chooses as the Java client does",
            "librdkafka, CONFIGURATION.md: murmur2_random is compatible with the Java producer's DefaultPartitioner.",
            shows: ["partitions 4 4 2 4 3 3"]
        ) { lab in
            lab.see(try partitions(of: ["a", "a", "b", "order-1", "order-2", "order-3"], "murmur2_random", lab))
        },
        ConformanceCase(
            .produce, "without keys, consistent uses one partition only",
            "librdkafka, CONFIGURATION.md: consistent maps empty and missing keys to the same partition.",
            shows: ["1 partition"]
        ) { lab in
            let topic = try lab.topic(6)
            let producer = try lab.producer(["partitioner": "consistent"])
            let reports = try lab.deliver((0..<12).map { "\($0)" }, to: topic, nil, by: producer)
            lab.see("\(Set(reports.map(\.partition)).count) partition")
        },
        ConformanceCase(
            .produce, "the partition that the application names wins over the key",
            "rd_kafka_produce: with a partition the partitioner is not asked.",
            shows: ["partition 4", "partition 4"]
        ) { lab in
            let topic = try lab.topic(6)
            let producer = try lab.producer()
            for key in ["a", "b"] {
                let tag = try producer.produce(lab.record("x", key: key), to: topic, partition: 4)
                lab.see("partition \(try lab.reports(of: [tag], by: producer)[0].partition.number)")
            }
        },
        ConformanceCase(
            .produce, "key, value, headers and timestamp arrive as they were sent",
            "Record batches carry them per record (KIP-82 headers, KIP-32 timestamps of type CreateTime).",
            shows: ["key k", "value v", "headers a=1 b= a=2", "timestamp kept"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            var record = lab.record("v", key: "k")
            record.headers = [Header("a", "1"), Header("b", ""), Header("a", "2")]
            _ = try lab.reports(of: [try producer.produce(record, to: topic, partition: 0)], by: producer)
            guard let read = try lab.contents(topic, count: 1).first?.record else { return }
            lab.see("key \(text(read.key))")
            lab.see("value \(text(read.value))")
            lab.see("headers " + read.headers.map { "\($0.name)=\(text($0.value))" }.joined(separator: " "))
            let isKept = read.timestampMilliseconds == record.timestampMilliseconds
            lab.see("timestamp \(isKept ? "kept" : "changed")")
        },
        ConformanceCase(
            .produce, "nothing and empty are different, in keys and in values",
            "A null value is a tombstone, an empty one is a value (protocol, Record: length -1 and 0).",
            shows: ["nothing/nothing", "empty/empty", "nothing/empty"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            for (key, value) in [(nil, nil), ([], []), (nil, [])] as [([UInt8]?, [UInt8]?)] {
                let record = Record(key: key, value: value, timestampMilliseconds: lab.cluster.clockMilliseconds)
                _ = try lab.reports(of: [try producer.produce(record, to: topic, partition: 0)], by: producer)
            }
            for read in try lab.contents(topic, count: 3) {
                lab.see("\(size(read.record.key))/\(size(read.record.value))")
            }
        },
        ConformanceCase(
            .produce, "a record may be as large as message.max.bytes allows",
            "librdkafka refuses what is larger than message.max.bytes at once, with MSG_SIZE_TOO_LARGE (10).",
            shows: ["900000 bytes: offset 0", "1100000 bytes: messageTooLarge", "900000 bytes read"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            for size in [900_000, 1_100_000] {
                let record = Record(key: nil, value: Array(repeating: 120, count: size))
                do {
                    let tag = try producer.produce(record, to: topic, partition: 0)
                    lab.see("\(size) bytes: " + (try lab.reports(of: [tag], by: producer).noted))
                } catch let failure as CallFailure {
                    lab.see("\(size) bytes: \(failure)")
                }
            }
            for read in try lab.contents(topic, count: 1) { lab.see("\(read.record.value?.count ?? 0) bytes read") }
        },
        ConformanceCase(
            .produce, "a full queue refuses at once and takes records again later",
            "rd_kafka_produce fails with QUEUE_FULL (-184) at queue.buffering.max.messages.",
            shows: ["fine", "fine", "queueFull", "offset 0, offset 1", "offset 2"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["queue.buffering.max.messages": "2", "linger.ms": "500"])
            var tags: [UInt64] = []
            for value in ["a", "b", "c"] {
                lab.see(
                    try lab.outcome {
                        tags.append(try producer.produce(lab.record(value), to: topic, partition: 0))
                    })
            }
            lab.see(try lab.reports(of: tags, by: producer).noted)
            lab.see(try lab.deliver(["d"], to: topic, by: producer).noted)
        },
        ConformanceCase(
            .produce, "linger.ms holds a record back, and a full batch goes at once",
            "librdkafka: a batch is sent when linger.ms has passed or batch.num.messages have come.",
            shows: ["one: after the linger", "three: before it"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["linger.ms": "1500", "batch.num.messages": "3"])
            // The first connection takes its time.
            try lab.deliver(["w", "w", "w"], to: topic, by: producer)
            var begin = lab.cluster.elapsed
            try lab.deliver(["a"], to: topic, by: producer)
            lab.see("one: " + (lab.cluster.elapsed - begin >= .milliseconds(1_400) ? "after the linger" : "too early"))
            begin = lab.cluster.elapsed
            try lab.deliver(["b", "c", "d"], to: topic, by: producer)
            lab.see("three: " + (lab.cluster.elapsed - begin < .milliseconds(1_400) ? "before it" : "too late"))
        },
        ConformanceCase(
            .produce, "records beyond batch.size go in several batches, in order",
            "librdkafka: batch.size bounds a batch; the order of the partition is kept.",
            shows: ["40 offsets, dense and in order"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["batch.size": "1000", "linger.ms": "50"])
            let reports = try lab.deliver(
                (0..<40).map { _ in String(repeating: "x", count: 300) }, to: topic, by: producer)
            let isDense = reports.map(\.offset) == (0..<40).map { Int64($0) }
            lab.see("\(reports.count) offsets, " + (isDense ? "dense and in order" : "\(reports.noted)"))
        },
        ConformanceCase(
            .produce, "delivery.timeout.ms ends the wait for a leader that cannot be reached",
            "librdkafka reports MSG_TIMED_OUT (-192) after message.timeout.ms, retries included.",
            needs: [.crash],
            shows: ["messageTimedOut", "between 2 and 6 s"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer([
                "delivery.timeout.ms": "2500", "request.timeout.ms": "1000", "reconnect.backoff.max.ms": "500",
            ])
            try lab.deliver(["a"], to: topic, by: producer)
            for broker in lab.cluster.brokers { try lab.cluster.crash(broker, losing: .nothing) }
            let begin = lab.cluster.elapsed
            lab.see(try lab.deliver(["b"], to: topic, by: producer).noted)
            let took = lab.cluster.elapsed - begin
            lab.see(took > .seconds(2) && took < .seconds(6) ? "between 2 and 6 s" : "after \(took)")
        },
        ConformanceCase(
            .produce, "a record waits for a leader that comes back in time",
            "librdkafka retries retriable errors until message.timeout.ms (retries defaults to 2147483647).",
            needs: [.crash],
            shows: ["offset 1"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["delivery.timeout.ms": "60000"])
            try lab.deliver(["a"], to: topic, by: producer)
            let brokers = lab.cluster.brokers
            for broker in brokers { try lab.cluster.crash(broker, losing: .nothing) }
            let tags = try lab.produce(["b"], to: topic, by: producer)
            try lab.pass(.seconds(3))
            for broker in brokers { try lab.cluster.restart(broker) }
            lab.see(try lab.reports(of: tags, by: producer, within: .seconds(60)).noted)
        },
        ConformanceCase(
            .produce, "an acknowledged record survives the death of its leader",
            "acks=all: the new leader comes from the in-sync set, which has every acknowledged record (KIP-101).",
            needs: [.crash],
            shows: ["offset 0, offset 1", "offset 2", "0=a 1=b 2=c"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            lab.see(try lab.deliver(["a", "b"], to: topic, by: producer).noted)
            try lab.crashLeader(of: topic)
            lab.see(try lab.deliver(["c"], to: topic, by: producer).noted)
            lab.see(try lab.contents(topic, count: 3).noted)
        },
    ]

    /// To which of six partitions a partitioner sends keys.
    private static func partitions(of keys: [String], _ partitioner: String, _ lab: Lab) throws -> String {
        let topic = try lab.topic(6)
        let producer = try lab.producer(["partitioner": partitioner])
        let tags = try keys.map { try producer.produce(lab.record("x", key: $0), to: topic, partition: nil) }
        let reports = try lab.reports(of: tags, by: producer)
        return "partitions " + reports.map { "\($0.partition.number)" }.joined(separator: " ")
    }

    private static func text(_ bytes: [UInt8]?) -> String {
        bytes.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
    }

    private static func size(_ bytes: [UInt8]?) -> String { bytes.map { $0.isEmpty ? "empty" : "full" } ?? "nothing" }
}

import Kafka

extension Suite {
    static let orderingCases: [ConformanceCase] = [
        ConformanceCase(
            .ordering, "a partition is read in the order in which one producer wrote it",
            "Messages sent by a producer to a partition are appended in the order they are sent (documentation, 4.6).",
            shows: ["500 records in order"]
        ) { lab in
            let topic = try lab.topic()
            try lab.deliver((0..<500).map { "\($0)" }, to: topic, by: lab.producer())
            let values = try lab.contents(topic, count: 500).map(\.value)
            lab.see(values == (0..<500).map { "\($0)" } ? "500 records in order" : "\(values.count) records, mixed up")
        },
        ConformanceCase(
            .ordering, "records of a key stay in order over many partitions",
            "A key goes to one partition, and that has an order (documentation, 4.6).",
            shows: ["10 keys, each in order"]
        ) { lab in
            let topic = try lab.topic(4)
            let producer = try lab.producer()
            var tags: [UInt64] = []
            for index in 0..<200 {
                tags.append(
                    try producer.produce(lab.record("\(index)", key: "key-\(index % 10)"), to: topic, partition: nil))
            }
            _ = try lab.reports(of: tags, by: producer)
            var byKey: [String: [Int]] = [:]
            for partition in 0..<4 as Range<Int32> {
                let count = Set(producer.reports.filter { $0.partition.number == partition }.map(\.tag)).count
                for read in try lab.contents(topic, partition, count: count) {
                    let key = read.record.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
                    byKey[key, default: []].append(Int(read.value) ?? -1)
                }
            }
            let inOrder = byKey.values.count { $0.count == 20 && $0 == $0.sorted() }
            lab.see("\(inOrder) keys, each in order")
        },
        ConformanceCase(
            .ordering, "delivery reports come in the order of the partition",
            "librdkafka reports the messages of a partition in the order in which they were produced.",
            shows: ["200 reports in order"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["batch.num.messages": "10", "linger.ms": "1"])
            try lab.deliver((0..<200).map { "\($0)" }, to: topic, by: producer)
            let tags = producer.reports.map(\.tag)
            lab.see(tags == tags.sorted() ? "\(tags.count) reports in order" : "mixed up")
        },
        ConformanceCase(
            .ordering, "two writers of a partition keep each their order",
            "The log interleaves producers, and keeps the order of each (documentation, 4.6).",
            shows: ["first in order", "second in order", "200 in all"]
        ) { lab in
            let topic = try lab.topic()
            let producers = [try lab.producer(["linger.ms": "1"]), try lab.producer(["linger.ms": "1"])]
            var tags: [[UInt64]] = [[], []]
            for index in 0..<100 {
                tags[0] += try lab.produce(["a\(index)"], to: topic, by: producers[0])
                tags[1] += try lab.produce(["b\(index)"], to: topic, by: producers[1])
                if index % 10 == 0 { try lab.pass(.milliseconds(3)) }
            }
            for writer in 0..<2 { _ = try lab.reports(of: tags[writer], by: producers[writer]) }
            let values = try lab.contents(topic, count: 200).map(\.value)
            let first = values.filter { $0.hasPrefix("a") } == (0..<100).map { "a\($0)" }
            let second = values.filter { $0.hasPrefix("b") } == (0..<100).map { "b\($0)" }
            lab.see(first ? "first in order" : "first mixed up")
            lab.see(second ? "second in order" : "second mixed up")
            lab.see("\(values.count) in all")
        },
        ConformanceCase(
            .ordering, "one request in flight keeps the order over a lost answer, with a duplicate",
            "max.in.flight=1: nothing overtakes a batch that is sent again (Producer Configs).",
            needs: [.lostAnswers],
            shows: ["a b a b c or a a b c: in order of first appearance"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer([
                "max.in.flight": "1", "socket.timeout.ms": "1000", "linger.ms": "0",
                "reconnect.backoff.ms": "50", "reconnect.backoff.max.ms": "200",
            ])
            try lab.deliver(["w"], to: topic, by: producer)
            var tags: [UInt64] = []
            try lab.losingAnswers {
                for value in ["a", "b", "c"] {
                    tags += try lab.produce([value], to: topic, by: producer)
                    try lab.pass(.milliseconds(60))
                }
            }
            _ = try lab.reports(of: tags, by: producer)
            var seen: [String] = []
            for read in try lab.contents(topic, count: 4) where !seen.contains(read.value) { seen.append(read.value) }
            lab.see(
                seen == ["w", "a", "b", "c"]
                    ? "a b a b c or a a b c: in order of first appearance" : seen.joined(separator: " "))
        },
    ]
}

import Kafka

extension Suite {
    static let offsetsCases: [ConformanceCase] = [
        ConformanceCase(
            .offsets, "without a commit there is no committed offset",
            "OffsetFetch answers -1 for a partition without one (protocol guide).",
            shows: ["none none"]
        ) { lab in
            let topic = try lab.topic(2)
            lab.see(try committed(by: lab.consumer(), topic, 2))
        },
        ConformanceCase(
            .offsets, "a committed offset is read back, by partition",
            "OffsetCommit and OffsetFetch are per group and partition (protocol guide).",
            shows: ["7 none 3"]
        ) { lab in
            let topic = try lab.topic(3)
            let consumer = try lab.consumer()
            try consumer.commit([(NamedPartition(topic, 0), 7), (NamedPartition(topic, 2), 3)])
            lab.see(try committed(by: consumer, topic, 3))
        },
        ConformanceCase(
            .offsets, "another consumer of the group sees the commit",
            "Offsets belong to the group, not to the member (documentation, 4.5).",
            shows: ["4"]
        ) { lab in
            let topic = try lab.topic()
            let group = lab.cluster.uniqueName("group")
            try lab.consumer(group: group).commit([(NamedPartition(topic, 0), 4)])
            lab.see(try committed(by: lab.consumer(group: group), topic, 1))
        },
        ConformanceCase(
            .offsets, "groups commit independently",
            "Offsets are kept by group (documentation, 4.5).",
            shows: ["1", "2"]
        ) { lab in
            let topic = try lab.topic()
            let consumers = [try lab.consumer(), try lab.consumer()]
            for (index, consumer) in consumers.enumerated() {
                try consumer.commit([(NamedPartition(topic, 0), Int64(index + 1))])
            }
            for consumer in consumers { lab.see(try committed(by: consumer, topic, 1)) }
        },
        ConformanceCase(
            .offsets, "the last commit counts, even when it goes back",
            "A coordinator keeps the latest OffsetCommit and does not compare (GroupMetadataManager).",
            shows: ["9", "2"]
        ) { lab in
            let topic = try lab.topic()
            let consumer = try lab.consumer()
            for offset in [9, 2] as [Int64] {
                try consumer.commit([(NamedPartition(topic, 0), offset)])
                lab.see(try committed(by: consumer, topic, 1))
            }
        },
        ConformanceCase(
            .offsets, "a member goes on where its group has committed",
            "A consumer without position begins at the committed offset (documentation, 4.5).",
            shows: ["2=c 3=d"]
        ) { lab in
            let topic = try written(["a", "b", "c", "d"], lab)
            let group = lab.cluster.uniqueName("group")
            try lab.consumer(group: group).commit([(NamedPartition(topic, 0), 2)])
            lab.see(try lab.read(2, by: lab.member(of: group, topics: [topic])).noted)
        },
        ConformanceCase(
            .offsets, "a manual assignment may begin at the committed offset as well",
            "RD_KAFKA_OFFSET_STORED stands for the committed offset.",
            shows: ["1=b"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let consumer = try lab.consumer()
            try consumer.commit([(NamedPartition(topic, 0), 1)])
            try consumer.assign([(NamedPartition(topic, 0), .committed)])
            lab.see(try lab.read(1, by: consumer).noted)
        },
        ConformanceCase(
            .offsets, "without a commit, earliest begins at the beginning",
            "auto.offset.reset=earliest (Consumer Configs).",
            shows: ["0=a 1=b"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let group = lab.cluster.uniqueName("group")
            lab.see(try lab.read(2, by: lab.member(of: group, topics: [topic])).noted)
        },
        ConformanceCase(
            .offsets, "without a commit, latest begins at the end",
            "auto.offset.reset=latest (Consumer Configs).",
            shows: ["2=c"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            try lab.deliver(["a", "b"], to: topic, by: producer)
            let group = lab.cluster.uniqueName("group")
            let member = try lab.member(of: group, topics: [topic], ["auto.offset.reset": "latest"])
            try lab.waitForShares([(member, 1)])
            try lab.pass(.seconds(2))
            try lab.deliver(["c"], to: topic, by: producer)
            lab.see(try lab.read(1, by: member).noted)
        },
        ConformanceCase(
            .offsets, "without a commit, error tells the application",
            "auto.offset.reset=error: librdkafka emits ERR__AUTO_OFFSET_RESET (CONFIGURATION.md).",
            shows: ["autoOffsetReset", "nothing"]
        ) { lab in
            let topic = try written(["a"], lab)
            let consumer = try lab.consumer(["auto.offset.reset": "error"])
            try consumer.assign([(NamedPartition(topic, 0), .committed)])
            try lab.wait(for: "an error") { !consumer.failures.isEmpty }
            lab.see("\(consumer.failures[0])")
            lab.see(consumer.records.noted)
        },
        ConformanceCase(
            .offsets, "an offset beyond the end may be committed, and is reset when it is used",
            "OffsetCommit does not look at the log; the fetch that follows is OFFSET_OUT_OF_RANGE.",
            shows: ["50", "0=a 1=b"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let consumer = try lab.consumer()
            try consumer.commit([(NamedPartition(topic, 0), 50)])
            lab.see(try committed(by: consumer, topic, 1))
            try consumer.assign([(NamedPartition(topic, 0), .committed)])
            lab.see(try lab.read(2, by: consumer).noted)
        },
        ConformanceCase(
            .offsets, "a seek commits nothing",
            "Position and committed offset are two things (KafkaConsumer, Offsets and Consumer Position).",
            shows: ["none"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let reader = try lab.reader(topic)
            try lab.read(2, by: reader)
            try reader.seek(NamedPartition(topic, 0), to: 1)
            lab.see(try committed(by: reader, topic, 1))
        },
    ]

    /// The committed offsets of the first partitions of a topic.
    static func committed(by consumer: any TestConsumer, _ topic: String, _ count: Int32) throws -> String {
        try consumer.committed((0..<count).map { NamedPartition(topic, $0) })
            .map { $0.map { "\($0)" } ?? "none" }.joined(separator: " ")
    }
}

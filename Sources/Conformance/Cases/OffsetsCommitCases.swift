import Kafka

extension Suite {
    static let commitCases: [ConformanceCase] = [
        ConformanceCase(
            .offsets, "what was handed over is committed in the background",
            "enable.auto.commit with auto.commit.interval.ms (librdkafka, CONFIGURATION.md).",
            shows: ["3"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            let group = lab.cluster.uniqueName("group")
            let member = try lab.member(
                of: group, topics: [topic], ["enable.auto.commit": "true", "auto.commit.interval.ms": "500"])
            try lab.read(3, by: member, quiet: .seconds(2))
            lab.see(try committed(by: lab.consumer(group: group), topic, 1))
        },
        ConformanceCase(
            .offsets, "closing commits what was handed over",
            "With enable.auto.commit, rd_kafka_consumer_close commits the stored offsets before it leaves.",
            shows: ["3"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            let group = lab.cluster.uniqueName("group")
            let member = try lab.member(
                of: group, topics: [topic], ["enable.auto.commit": "true", "auto.commit.interval.ms": "600000"])
            try lab.read(3, by: member)
            member.close()
            try lab.pass(.seconds(1))
            lab.see(try committed(by: lab.consumer(group: group), topic, 1))
        },
        ConformanceCase(
            .offsets, "without automatic commits, closing commits nothing",
            "enable.auto.commit=false leaves commits to the application.",
            shows: ["none"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            let group = lab.cluster.uniqueName("group")
            let member = try lab.member(of: group, topics: [topic])
            try lab.read(3, by: member)
            member.close()
            try lab.pass(.seconds(1))
            lab.see(try committed(by: lab.consumer(group: group), topic, 1))
        },
        ConformanceCase(
            .offsets, "what is not stored is not committed in the background",
            "enable.auto.offset.store=false leaves it to the application which offsets are committed.",
            shows: ["none"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            let group = lab.cluster.uniqueName("group")
            let member = try lab.member(
                of: group, topics: [topic],
                [
                    "enable.auto.commit": "true", "auto.commit.interval.ms": "200",
                    "enable.auto.offset.store": "false",
                ])
            try lab.read(3, by: member, quiet: .seconds(2))
            member.close()
            lab.see(try committed(by: lab.consumer(group: group), topic, 1))
        },
        ConformanceCase(
            .offsets, "somebody outside cannot commit for a group with members",
            "A commit without member id is refused with UNKNOWN_MEMBER_ID unless the group is empty (GroupCoordinator).",
            shows: ["unknownMemberID", "none"]
        ) { lab in
            let topic = try written(["a"], lab)
            let group = lab.cluster.uniqueName("group")
            let member = try lab.member(of: group, topics: [topic])
            try lab.waitForShares([(member, 1)])
            let outsider = try lab.consumer(group: group)
            lab.see(try lab.outcome { try outsider.commit([(NamedPartition(topic, 0), 5)]) })
            lab.see(try committed(by: member, topic, 1))
        },
        ConformanceCase(
            .offsets, "a member may commit for a partition that it does not hold",
            "A coordinator checks member and generation, not who holds a partition (GroupCoordinator).",
            shows: ["fine", "none 8"]
        ) { lab in
            let topics = [try lab.topic(), try lab.topic(2)]
            let member = try lab.member(of: lab.cluster.uniqueName("group"), topics: [topics[0]])
            try lab.waitForShares([(member, 1)])
            lab.see(try lab.outcome { try member.commit([(NamedPartition(topics[1], 1), 8)]) })
            lab.see(try committed(by: member, topics[1], 2))
        },
        ConformanceCase(
            .offsets, "commits outlive the members",
            "An empty group keeps its offsets for offsets.retention.minutes (KIP-211).",
            shows: ["2=c"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            let group = lab.cluster.uniqueName("group")
            let first = try lab.member(of: group, topics: [topic])
            try lab.read(3, by: first)
            try first.commit([(NamedPartition(topic, 0), 2)])
            first.close()
            try lab.pass(.seconds(2))
            lab.see(try lab.read(1, by: lab.member(of: group, topics: [topic])).noted)
        },
        ConformanceCase(
            .offsets, "commits outlive their coordinator",
            "Offsets are in a replicated log; the next leader of its partition reads them (documentation, 4.5).",
            needs: [.crash],
            shows: ["5", "6"]
        ) { lab in
            let topic = try lab.topic()
            let group = lab.cluster.uniqueName("group")
            let consumer = try lab.consumer(group: group)
            try consumer.commit([(NamedPartition(topic, 0), 5)])
            try lab.crashCoordinator(ofGroup: group)
            lab.see(try committed(by: lab.consumer(group: group), topic, 1))
            try consumer.commit([(NamedPartition(topic, 0), 6)])
            lab.see(try committed(by: consumer, topic, 1))
        },
        ConformanceCase(
            .offsets, "an empty log begins and ends at 0",
            "Watermarks: the log start offset and the high watermark (ListOffsets -2 and -1).",
            shows: ["0 to 0"]
        ) { lab in
            let topic = try lab.topic()
            let (low, high) = try lab.consumer().watermarks(NamedPartition(topic, 0))
            lab.see("\(low) to \(high)")
        },
        ConformanceCase(
            .offsets, "watermarks count acknowledged records",
            "The high watermark is the offset after the last committed record (documentation, 4.7).",
            shows: ["0 to 4"]
        ) { lab in
            let topic = try written(["a", "b", "c", "d"], lab)
            let (low, high) = try lab.consumer().watermarks(NamedPartition(topic, 0))
            lab.see("\(low) to \(high)")
        },
        ConformanceCase(
            .offsets, "a time gives the first record that is not older",
            "ListOffsets by timestamp (KIP-79): the earliest offset whose timestamp is not before the one asked for.",
            shows: ["before all: 0", "of the second: 1", "between: 2", "after all: none"],
            differs: [
                .mock: Difference(
                    shows: ["before all: none", "of the second: none", "between: none", "after all: none"],
                    because: "the mock looks up no timestamps: it knows the beginning and the end of a log only")
            ]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["linger.ms": "0"])
            let begin = lab.cluster.clockMilliseconds - 100_000
            for index in 0..<3 as Range<Int64> {
                let record = lab.record("x", timestamp: begin + index * 1_000)
                _ = try lab.reports(of: [try producer.produce(record, to: topic, partition: 0)], by: producer)
            }
            let consumer = try lab.consumer()
            let questions: [(String, Int64)] = [
                ("before all", -5_000), ("of the second", 1_000), ("between", 1_500), ("after all", 9_000),
            ]
            for (name, milliseconds) in questions {
                let found = try consumer.offset(NamedPartition(topic, 0), forTime: begin + milliseconds)
                lab.see("\(name): " + (found.map { "\($0)" } ?? "none"))
            }
        },
    ]
}

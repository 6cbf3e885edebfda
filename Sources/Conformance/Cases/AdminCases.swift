import Kafka

extension Suite {
    static let adminCases: [ConformanceCase] = [
        ConformanceCase(
            .admin, "a created topic has its partitions, each with a leader, and takes records",
            "CreateTopics (KIP-4).",
            needs: [.adminRequests],
            shows: ["3 partitions with a leader", "offset 0"]
        ) { lab in
            let name = lab.cluster.uniqueName("created")
            let admin = try lab.cluster.makeAdmin()
            try admin.createTopic(name, TopicWish(partitions: 3))
            try lab.wait(for: "leaders") { (try? admin.describeTopic(name).leaders.allSatisfy { $0 != nil }) ?? false }
            lab.see("\(try admin.describeTopic(name).leaders.count) partitions with a leader")
            lab.see(try lab.deliver(["a"], to: name, 2, by: lab.producer()).noted)
        },
        ConformanceCase(
            .admin, "what cannot be created is refused, each with its reason",
            "CreateTopics: TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_REPLICATION_FACTOR (protocol guide).",
            needs: [.adminRequests],
            shows: ["there already: topicAlreadyExists", "a/b: invalidTopic", "9 replicas: invalidReplicationFactor"]
        ) { lab in
            let topic = try lab.topic()
            let admin = try lab.cluster.makeAdmin()
            lab.see("there already: " + (try lab.outcome { try admin.createTopic(topic, TopicWish()) }))
            lab.see("a/b: " + (try lab.outcome { try admin.createTopic("a/b", TopicWish()) }))
            let wide = TopicWish(replicationFactor: 9)
            let name = lab.cluster.uniqueName("wide")
            lab.see("9 replicas: " + (try lab.outcome { try admin.createTopic(name, wide) }))
        },
        ConformanceCase(
            .admin, "a topic grows, and keeps what it has",
            "CreatePartitions adds empty partitions (KIP-195).",
            needs: [.adminRequests],
            shows: ["0: a", "3: offset 0"]
        ) { lab in
            let topic = try written(["a"], lab)
            try lab.cluster.makeAdmin().createPartitions(topic, total: 4)
            // Until every broker knows.
            try lab.pass(.seconds(2))
            let producer = try lab.producer()
            let reports = try lab.deliver(["b"], to: topic, 3, by: producer)
            lab.see("0: " + (try lab.contents(topic, 0, count: 1).values))
            lab.see("3: " + reports.noted)
        },
        ConformanceCase(
            .admin, "a topic does not shrink, and cannot grow to what it is",
            "CreatePartitions answers INVALID_PARTITIONS, and UNKNOWN_TOPIC_OR_PARTITION where there is no topic (KIP-195).",
            needs: [.adminRequests],
            shows: ["1: invalidPartitions", "2: invalidPartitions", "no topic: unknownTopicOrPartition"]
        ) { lab in
            let topic = try lab.topic(2)
            let admin = try lab.cluster.makeAdmin()
            for total in [1, 2] {
                lab.see("\(total): " + (try lab.outcome { try admin.createPartitions(topic, total: total) }))
            }
            let nobody = lab.cluster.uniqueName("nobody")
            lab.see("no topic: " + (try lab.outcome { try admin.createPartitions(nobody, total: 3) }))
        },
        ConformanceCase(
            .admin, "a running producer with keys notices new partitions",
            "The partitioner counts the partitions of the metadata (topic.metadata.refresh.interval.ms).",
            needs: [.adminRequests],
            shows: ["before: 1 partition", "after: more"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["topic.metadata.refresh.interval.ms": "2000"])
            func spread() throws -> Int {
                let tags = try (0..<20).map {
                    try producer.produce(lab.record("x", key: "k\($0)"), to: topic, partition: nil)
                }
                return Set(try lab.reports(of: tags, by: producer).map(\.partition)).count
            }
            lab.see("before: \(try spread()) partition")
            try lab.cluster.makeAdmin().createPartitions(topic, total: 8)
            try lab.pass(.seconds(6))
            lab.see("after: " + (try spread() > 3 ? "more" : "no more"))
        },
        ConformanceCase(
            .admin, "deleted records are gone, and the log begins after them",
            "DeleteRecords moves the log start offset (KIP-107).",
            needs: [.adminRequests],
            shows: ["begins at 3", "3 to 5", "3=d 4=e"]
        ) { lab in
            let topic = try written(["a", "b", "c", "d", "e"], lab)
            let partition = NamedPartition(topic, 0)
            lab.see("begins at \(try lab.cluster.makeAdmin().deleteRecords(partition, before: 3))")
            let (low, high) = try lab.consumer().watermarks(partition)
            lab.see("\(low) to \(high)")
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .admin, "deletion in the middle of a batch counts by the record",
            "The log start offset need not be the beginning of a batch (KIP-107).",
            needs: [.adminRequests],
            shows: ["begins at 2", "2=c 3=d"]
        ) { lab in
            let topic = try lab.topic()
            try lab.deliver(["a", "b", "c", "d"], to: topic, by: lab.producer(["linger.ms": "200"]))
            lab.see("begins at \(try lab.cluster.makeAdmin().deleteRecords(NamedPartition(topic, 0), before: 2))")
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .admin, "what is not there cannot be deleted",
            "DeleteRecords beyond the high watermark: OFFSET_OUT_OF_RANGE (KIP-107).",
            needs: [.adminRequests],
            shows: ["offsetOutOfRange", "0=a"]
        ) { lab in
            let topic = try written(["a"], lab)
            let admin = try lab.cluster.makeAdmin()
            lab.see(try lab.outcome { _ = try admin.deleteRecords(NamedPartition(topic, 0), before: 2) })
            lab.see(try lab.contents(topic, count: 1).noted)
        },
        ConformanceCase(
            .admin, "-1 deletes everything up to the high watermark",
            "DeleteRecords takes -1 for the high watermark (KIP-107).",
            needs: [.adminRequests],
            shows: ["begins at 2", "offset 2", "2=c"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let admin = try lab.cluster.makeAdmin()
            lab.see("begins at \(try admin.deleteRecords(NamedPartition(topic, 0), before: -1))")
            lab.see(try lab.deliver(["c"], to: topic, by: lab.producer()).noted)
            lab.see(try lab.contents(topic, count: 1).noted)
        },
        ConformanceCase(
            .admin, "a group whose offset was deleted is reset",
            "A committed offset below the log start is OFFSET_OUT_OF_RANGE when it is used (auto.offset.reset).",
            needs: [.adminRequests],
            shows: ["2=c 3=d"]
        ) { lab in
            let topic = try written(["a", "b", "c", "d"], lab)
            let consumer = try lab.consumer()
            try consumer.commit([(NamedPartition(topic, 0), 1)])
            _ = try lab.cluster.makeAdmin().deleteRecords(NamedPartition(topic, 0), before: 2)
            try consumer.assign([(NamedPartition(topic, 0), .committed)])
            lab.see(try lab.read(2, by: consumer).noted)
        },
        ConformanceCase(
            .admin, "deletion survives the death of the leader",
            "Followers learn the log start offset with their fetches (KIP-107).",
            needs: [.adminRequests, .crash],
            shows: ["2=c"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            _ = try lab.cluster.makeAdmin().deleteRecords(NamedPartition(topic, 0), before: 2)
            try lab.crashLeader(of: topic)
            lab.see(try lab.contents(topic, count: 1).noted)
        },
        ConformanceCase(
            .admin, "producing to a topic that does not exist creates it",
            "auto.create.topics.enable is on by default; producers ask for creation with their metadata request.",
            shows: ["offset 0", "0=a"]
        ) { lab in
            let name = lab.cluster.uniqueName("auto")
            lab.see(try lab.deliver(["a"], to: name, by: lab.producer()).noted)
            lab.see(try lab.contents(name, count: 1).noted)
        },
    ]
}

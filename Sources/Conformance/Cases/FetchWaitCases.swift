import Kafka

extension Suite {
    static let fetchWaitCases: [ConformanceCase] = [
        ConformanceCase(
            .fetch, "a waiting fetch is answered when there is data",
            "The broker completes a delayed fetch as soon as fetch.min.bytes are there (protocol guide, max_wait_ms).",
            shows: ["at once"],
            differs: [
                .mock: Difference(
                    shows: ["late"], because: "a fetch that waits at the mock does not wake up before its time is over")
            ]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            try lab.deliver(["a"], to: topic, by: producer)
            let reader = try lab.reader(topic, with: ["fetch.wait.max.ms": "6000"])
            try lab.read(1, by: reader, quiet: .seconds(1))
            let begin = lab.cluster.elapsed
            try lab.deliver(["b"], to: topic, by: producer)
            try lab.wait(for: "the record") { reader.records.count == 2 }
            lab.see(lab.cluster.elapsed - begin < .milliseconds(1_500) ? "at once" : "late")
        },
        ConformanceCase(
            .fetch, "fetch.min.bytes makes a fetch wait, at most fetch.wait.max.ms",
            "The broker answers when so many bytes are there, or when the time is over (protocol guide, Fetch).",
            shows: ["a after the wait", "b"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            let reader = try lab.reader(topic, with: ["fetch.min.bytes": "10000", "fetch.wait.max.ms": "3000"])
            try lab.pass(.seconds(4))
            let begin = lab.cluster.elapsed
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.wait(for: "the record") { reader.records.count == 1 }
            lab.see(
                "a "
                    + (lab.cluster.elapsed - begin < .milliseconds(3_500)
                        ? "after the wait" : "much later"))
            try lab.deliver(["b"], to: topic, by: producer)
            lab.see(try lab.read(2, by: reader).last?.value ?? "nothing")
        },
        ConformanceCase(
            .fetch, "the end of a partition is told, and told again after more",
            "enable.partition.eof: librdkafka emits PARTITION_EOF whenever it reaches the end.",
            shows: ["endOfPartition", "endOfPartition, endOfPartition"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            try lab.deliver(["a"], to: topic, by: producer)
            let reader = try lab.reader(topic, with: ["enable.partition.eof": "true"])
            try lab.read(1, by: reader, quiet: .seconds(1))
            lab.see(reader.failures.map { "\($0)" }.joined(separator: ", "))
            try lab.deliver(["b"], to: topic, by: producer)
            try lab.read(2, by: reader, quiet: .seconds(1))
            lab.see(reader.failures.map { "\($0)" }.joined(separator: ", "))
        },
        ConformanceCase(
            .fetch, "compressed batches are read as they were written",
            "Compression is the client's affair, end to end (documentation, 4.3).",
            shows: [
                "none: offset 0, offset 1", "gzip: offset 2, offset 3", "snappy: offset 4, offset 5",
                "lz4: offset 6, offset 7", "zstd: offset 8, offset 9", "10 records as written",
            ]
        ) { lab in
            let topic = try lab.topic()
            for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
                let producer = try lab.producer(["compression.type": codec])
                let values = (0..<2).map { "\(codec)-\($0) " + String(repeating: "z", count: 200) }
                lab.see("\(codec): " + (try lab.deliver(values, to: topic, by: producer).noted))
            }
            let read = try lab.contents(topic, count: 10)
            lab.see("\(read.count { $0.value.hasSuffix("zz") }) records as written")
        },
        ConformanceCase(
            .fetch, "two consumers with assignments of their own read everything, both",
            "Manual assignment knows no group: nothing is shared (KafkaConsumer, Manual Partition Assignment).",
            shows: ["0=a 1=b", "0=a 1=b"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let group = lab.cluster.uniqueName("group")
            let readers = try (0..<2).map { _ in
                let reader = try lab.consumer(group: group)
                try reader.assign([(NamedPartition(topic, 0), .beginning)])
                return reader
            }
            for reader in readers { lab.see(try lab.read(2, by: reader).noted) }
        },
        ConformanceCase(
            .fetch, "a manual assignment is no matter of a session",
            "Without a subscription there is no membership that could end (KafkaConsumer, Manual Partition Assignment).",
            shows: ["0=a", "0=a 1=b"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            try lab.deliver(["a"], to: topic, by: producer)
            let reader = try lab.reader(topic, with: ["partition.assignment.strategy": "cooperative-sticky"])
            lab.see(try lab.read(1, by: reader).noted)
            // Longer than the session timeout.
            try lab.pass(.seconds(8))
            try lab.deliver(["b"], to: topic, by: producer)
            lab.see(try lab.read(2, by: reader).noted)
        },
        ConformanceCase(
            .fetch, "a new assignment replaces the one before",
            "rd_kafka_assign sets the whole assignment.",
            shows: ["0: a", "then 1: b"]
        ) { lab in
            let topic = try lab.topic(2)
            let producer = try lab.producer()
            try lab.deliver(["a"], to: topic, 0, by: producer)
            try lab.deliver(["b"], to: topic, 1, by: producer)
            let reader = try lab.reader(topic, 0)
            lab.see("0: " + (try lab.read(1, by: reader).values))
            try reader.assign([(NamedPartition(topic, 1), .beginning)])
            try lab.deliver(["c"], to: topic, 0, by: producer)
            lab.see("then \(try reader.assignment().numbers): " + Array(try lab.read(2, by: reader).dropFirst()).values)
        },
        ConformanceCase(
            .fetch, "reading goes on over the death of the leader, without gap or repetition",
            "A consumer refreshes metadata on NOT_LEADER_OR_FOLLOWER or a lost connection and goes on at its position.",
            needs: [.crash],
            shows: ["60 records, in order and once"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["enable.idempotence": "true"])
            let reader = try lab.reader(topic)
            for index in 0..<60 {
                try lab.produce(["\(index)"], to: topic, by: producer)
                try lab.pass(.milliseconds(20))
                if index == 30 { try lab.crashLeader(of: topic) }
            }
            let values = try lab.read(60, by: reader, within: .seconds(60)).map(\.value)
            let isWhole = values == (0..<60).map { "\($0)" }
            lab.see("\(values.count) records, " + (isWhole ? "in order and once" : "not as they were written"))
        },
        ConformanceCase(
            .fetch, "what too few replicas have is not read",
            "The high watermark does not advance while fewer than min.insync.replicas are in sync (KIP-966, "
                + "KAFKA-15583).",
            needs: [.crash, .replication],
            shows: ["offset 1", "0=a", "0=a 1=b"]
        ) { lab in
            let topic = try lab.topic(minInsync: 3)
            let producer = try lab.producer(["acks": "1"])
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.pass(.seconds(2))
            let follower = try lab.crashFollower(of: topic)
            lab.see(try lab.deliver(["b"], to: topic, by: producer).noted)
            let reader = try lab.reader(topic)
            lab.see(try lab.read(1, by: reader, quiet: .seconds(5)).noted)
            try lab.cluster.restart(follower)
            lab.see(try lab.read(2, by: reader, within: .seconds(60)).noted)
        },
    ]
}

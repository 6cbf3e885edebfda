import Kafka

extension Suite {
    static let fetchCases: [ConformanceCase] = [
        ConformanceCase(
            .fetch, "a reader at the beginning sees everything",
            "ListOffsets with timestamp -2 gives the log start offset (protocol guide).",
            shows: ["0=a 1=b 2=c"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            lab.see(try lab.read(3, by: lab.reader(topic)).noted)
        },
        ConformanceCase(
            .fetch, "a reader at an offset begins with that record",
            "Fetch returns records from fetch_offset on (protocol guide).",
            shows: ["2=c 3=d"]
        ) { lab in
            let topic = try written(["a", "b", "c", "d"], lab)
            lab.see(try lab.read(2, by: lab.reader(topic, from: .offset(2))).noted)
        },
        ConformanceCase(
            .fetch, "a reader in the middle of a batch gets no record before its offset",
            "Brokers return whole batches, clients drop what lies before fetch_offset (protocol guide, Fetch).",
            shows: ["3=d 4=e"]
        ) { lab in
            let topic = try lab.topic()
            // A pause long enough for all of them to become one batch.
            try lab.deliver(["a", "b", "c", "d", "e"], to: topic, by: lab.producer(["linger.ms": "200"]))
            lab.see(try lab.read(2, by: lab.reader(topic, from: .offset(3))).noted)
        },
        ConformanceCase(
            .fetch, "a reader at the end sees only what comes later",
            "ListOffsets with timestamp -1 gives the high watermark (protocol guide).",
            shows: ["2=c"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            try lab.deliver(["a", "b"], to: topic, by: producer)
            let reader = try lab.reader(topic, from: .end)
            try lab.pass(.seconds(2))
            try lab.deliver(["c"], to: topic, by: producer)
            lab.see(try lab.read(1, by: reader).noted)
        },
        ConformanceCase(
            .fetch, "an offset beyond the end is out of range and reset to the beginning",
            "OFFSET_OUT_OF_RANGE makes a consumer do what auto.offset.reset says.",
            shows: ["0=a 1=b 2=c"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            lab.see(try lab.read(3, by: lab.reader(topic, from: .offset(100))).noted)
        },
        ConformanceCase(
            .fetch, "an offset beyond the end is reset to the end",
            "OFFSET_OUT_OF_RANGE makes a consumer do what auto.offset.reset says.",
            shows: ["3=d"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            try lab.deliver(["a", "b", "c"], to: topic, by: producer)
            let reader = try lab.reader(topic, from: .offset(100), with: ["auto.offset.reset": "latest"])
            try lab.pass(.seconds(3))
            try lab.deliver(["d"], to: topic, by: producer)
            lab.see(try lab.read(1, by: reader).noted)
        },
        ConformanceCase(
            .fetch, "with auto.offset.reset=error an offset out of range is told to the application",
            "librdkafka, CONFIGURATION.md, auto.offset.reset: error triggers an error (ERR__AUTO_OFFSET_RESET).",
            shows: ["autoOffsetReset", "nothing"]
        ) { lab in
            let topic = try written(["a"], lab)
            let reader = try lab.reader(topic, from: .offset(100), with: ["auto.offset.reset": "error"])
            try lab.wait(for: "an error") { !reader.failures.isEmpty }
            lab.see(reader.failures.map { "\($0)" }.first ?? "")
            lab.see(try lab.read(0, by: reader).noted)
        },
        ConformanceCase(
            .fetch, "a record larger than max.partition.fetch.bytes is read all the same",
            "The first record is returned whatever its size, so that a consumer makes progress (KIP-74).",
            shows: ["5000 bytes", "small"]
        ) { lab in
            let topic = try written([String(repeating: "x", count: 5_000), "small"], lab)
            let reader = try lab.reader(
                topic, with: ["max.partition.fetch.bytes": "1000", "fetch.max.bytes": "2000000"])
            let read = try lab.read(2, by: reader)
            lab.see("\(read.first?.value.utf8.count ?? 0) bytes")
            lab.see(read.last?.value ?? "")
        },
        ConformanceCase(
            .fetch, "a paused partition gives nothing, and goes on where it was",
            "rd_kafka_pause_partitions: nothing is handed over until it is resumed; the position is kept.",
            shows: ["0=a 1=b", "0=a 1=b", "0=a 1=b 2=c 3=d"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer()
            try lab.deliver(["a", "b"], to: topic, by: producer)
            let reader = try lab.reader(topic)
            lab.see(try lab.read(2, by: reader).noted)
            try reader.pause([NamedPartition(topic, 0)])
            try lab.deliver(["c", "d"], to: topic, by: producer)
            try lab.pass(.seconds(1))
            lab.see(reader.records.noted)
            try reader.resume([NamedPartition(topic, 0)])
            lab.see(try lab.read(4, by: reader).noted)
        },
        ConformanceCase(
            .fetch, "other partitions go on while one is paused",
            "Pausing is per partition (rd_kafka_pause_partitions).",
            shows: ["1: b d", "0: a c"]
        ) { lab in
            let topic = try lab.topic(2)
            let producer = try lab.producer()
            let reader = try lab.consumer()
            try reader.assign([(NamedPartition(topic, 0), .beginning), (NamedPartition(topic, 1), .beginning)])
            try reader.pause([NamedPartition(topic, 0)])
            for (value, partition) in [("a", 0), ("b", 1), ("c", 0), ("d", 1)] as [(String, Int32)] {
                try lab.deliver([value], to: topic, partition, by: producer)
            }
            lab.see("1: " + (try lab.read(2, by: reader).values))
            try reader.resume([NamedPartition(topic, 0)])
            lab.see("0: " + (try lab.read(4, by: reader).filter { $0.partition.number == 0 }.values))
        },
        ConformanceCase(
            .fetch, "seeking back reads again, seeking forward skips",
            "rd_kafka_seek_partitions moves the position; nothing else changes.",
            shows: ["0=a 1=b 2=c 3=d", "1=b 2=c 3=d", "3=d"]
        ) { lab in
            let topic = try written(["a", "b", "c", "d"], lab)
            let reader = try lab.reader(topic)
            lab.see(try lab.read(4, by: reader).noted)
            try reader.seek(NamedPartition(topic, 0), to: 1)
            lab.see(Array(try lab.read(7, by: reader).dropFirst(4)).noted)
            try reader.seek(NamedPartition(topic, 0), to: 3)
            lab.see(Array(try lab.read(8, by: reader).dropFirst(7)).noted)
        },
        ConformanceCase(
            .fetch, "the position is that of the next record",
            "rd_kafka_position: the last consumed offset plus 1, nothing before the first record.",
            shows: ["nothing", "3"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            let reader = try lab.reader(topic)
            lab.see(try reader.position(NamedPartition(topic, 0)).map { "\($0)" } ?? "nothing")
            try lab.read(3, by: reader)
            lab.see(try reader.position(NamedPartition(topic, 0)).map { "\($0)" } ?? "nothing")
        },
    ]

    /// A topic of one partition with records.
    static func written(_ values: [String], _ lab: Lab) throws -> String {
        let topic = try lab.topic()
        let producer = try lab.producer(["linger.ms": "0"])
        for value in values { try lab.deliver([value], to: topic, by: producer) }
        return topic
    }
}

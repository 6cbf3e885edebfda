import Kafka

extension Suite {
    private static let idempotent = ["enable.idempotence": "true"]
    /// Gives up on a request after a second.
    private static let impatient = [
        "socket.timeout.ms": "1000", "reconnect.backoff.ms": "50", "reconnect.backoff.max.ms": "200",
    ]

    static let idempotenceCases: [ConformanceCase] = [
        ConformanceCase(
            .idempotence, "a record whose answer is lost is in the log once",
            "The broker knows the sequence of the batch that comes again and answers with its offset (KIP-98).",
            needs: [.lostAnswers],
            shows: ["offset 1", "0=a 1=b"],
            differs: [
                .mock: Difference(
                    shows: ["offset 2", "0=a 1=b 2=b"],
                    because: "the mock checks sequences of transactional producers only, and appends the batch again")
            ]
        ) { lab in try lostAnswer(idempotent, lab) },
        ConformanceCase(
            .idempotence, "without idempotence, a record whose answer is lost is there twice",
            "A retry of a batch without producer id is appended as any other batch (Producer Configs, retries).",
            needs: [.lostAnswers],
            shows: ["offset 2", "0=a 1=b 2=b"]
        ) { lab in try lostAnswer([:], lab) },
        ConformanceCase(
            .idempotence, "several batches in flight whose answers are lost are there once and in order",
            "The broker remembers the last five batches of a producer per partition (KIP-98).",
            needs: [.lostAnswers],
            shows: ["dense and in order", "a b c d e"],
            differs: [
                .mock: Difference(
                    shows: ["offset 6, offset 7, offset 8, offset 9, offset 10", "a b c d e a b c d e"],
                    because: "the mock checks sequences of transactional producers only, and appends the batches again")
            ]
        ) { lab in
            let topic = try lab.topic()
            let properties = idempotent.merging(impatient) { $1 }.merging(["linger.ms": "0"]) { $1 }
            let producer = try lab.producer(properties)
            try lab.deliver(["w"], to: topic, by: producer)
            var tags: [UInt64] = []
            try lab.losingAnswers {
                for value in ["a", "b", "c", "d", "e"] {
                    tags += try lab.produce([value], to: topic, by: producer)
                    try lab.pass(.milliseconds(60))
                }
            }
            let reports = try lab.reports(of: tags, by: producer)
            lab.see(reports.map(\.offset) == (1...5).map { Int64($0) } ? "dense and in order" : reports.noted)
            lab.see(Array(try lab.contents(topic, count: 6).dropFirst()).values)
        },
        ConformanceCase(
            .idempotence, "a retry reaches the next leader, which knows the sequence as well",
            "Followers keep producer state from the batches that they copy (KIP-98, ProducerStateManager).",
            needs: [.lostAnswers, .crash, .replication],
            shows: ["offset 1", "0=a 1=b"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(idempotent.merging(impatient) { $1 })
            try lab.deliver(["a"], to: topic, by: producer)
            var tags: [UInt64] = []
            try lab.losingAnswers {
                tags = try lab.produce(["b"], to: topic, by: producer)
                try lab.pass(.milliseconds(500))
                try lab.crashLeader(of: topic)
            }
            lab.see(try lab.reports(of: tags, by: producer, within: .seconds(60)).noted)
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .idempotence, "two idempotent producers do not disturb each other",
            "Every producer id has sequences of its own (KIP-98).",
            shows: ["offset 0", "offset 1", "offset 2", "offset 3", "a b c d"]
        ) { lab in
            let topic = try lab.topic()
            let producers = [try lab.producer(idempotent), try lab.producer(idempotent)]
            for (turn, value) in ["a", "b", "c", "d"].enumerated() {
                lab.see(try lab.deliver([value], to: topic, by: producers[turn % 2]).noted)
            }
            lab.see(try lab.contents(topic, count: 4).values)
        },
        ConformanceCase(
            .idempotence, "sequences count per partition",
            "A producer has one sequence for each partition (KIP-98).",
            shows: ["0: offset 0, offset 1", "1: offset 0, offset 1"]
        ) { lab in
            let topic = try lab.topic(2)
            let producer = try lab.producer(idempotent)
            var tags: [[UInt64]] = [[], []]
            for value in ["a", "b"] {
                for partition in 0..<2 {
                    tags[partition] += try lab.produce([value], to: topic, Int32(partition), by: producer)
                    try lab.pass(.milliseconds(30))
                }
            }
            for partition in 0..<2 {
                lab.see("\(partition): " + (try lab.reports(of: tags[partition], by: producer).noted))
            }
        },
        ConformanceCase(
            .idempotence, "the order is kept over a crash of the leader, with requests in flight",
            "Five requests in flight keep their order with idempotence: a gap is answered with "
                + "OUT_OF_ORDER_SEQUENCE_NUMBER and sent again (KIP-98).",
            needs: [.crash],
            shows: ["300 reports without an error", "300 records, in order and once"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(idempotent.merging(["linger.ms": "1"]) { $1 })
            var tags: [UInt64] = []
            for index in 0..<300 {
                tags += try lab.produce(["\(index)"], to: topic, by: producer)
                try lab.pass(.milliseconds(5))
                if index == 150 { try lab.crashLeader(of: topic) }
            }
            let reports = try lab.reports(of: tags, by: producer, within: .seconds(60))
            lab.see("\(reports.count { $0.failure == nil }) reports without an error")
            let values = try lab.contents(topic, count: 300).map(\.value)
            let isWhole = values == (0..<300).map { "\($0)" }
            lab.see("\(values.count) records, " + (isWhole ? "in order and once" : "not as they were sent"))
        },
        ConformanceCase(
            .idempotence, "idempotence needs acks=all",
            "librdkafka refuses the combination (rd_kafka_conf_finalize); here the property table does.",
            shows: ["refused", "refused", "fine"]
        ) { lab in
            for properties in [["acks": "1"], ["max.in.flight": "6"], ["acks": "all", "max.in.flight": "5"]] {
                do {
                    _ = try ClientProperties(idempotent.merging(properties) { $1 })
                    lab.see("fine")
                } catch {
                    lab.see("refused")
                }
            }
        },
    ]

    /// Produces `a`, then `b` whose answer is lost, so that it is sent again.
    private static func lostAnswer(_ properties: [String: String], _ lab: Lab) throws {
        let topic = try lab.topic()
        let producer = try lab.producer(properties.merging(impatient) { $1 })
        try lab.deliver(["a"], to: topic, by: producer)
        var tags: [UInt64] = []
        try lab.losingAnswers { tags = try lab.produce(["b"], to: topic, by: producer) }
        lab.see(try lab.reports(of: tags, by: producer).noted)
        lab.see(try lab.contents(topic, count: 3).noted)
    }
}

import Kafka

extension Suite {
    static let errorCases: [ConformanceCase] = [
        ConformanceCase(
            .errors, "too few replicas in sync: acks=all is refused, acks=1 is not",
            "min.insync.replicas: NOT_ENOUGH_REPLICAS for acks=all only (Topic Configs).",
            needs: [.crash, .replication],
            shows: ["all: notEnoughReplicas", "1: offset 1"]
        ) { lab in
            let topic = try lab.topic(minInsync: 3)
            try lab.deliver(["a"], to: topic, by: lab.producer())
            try lab.crashFollower(of: topic)
            let strict = try lab.producer(["acks": "all", "retries": "0"])
            lab.see("all: " + (try lab.deliver(["b"], to: topic, by: strict).noted))
            lab.see("1: " + (try lab.deliver(["c"], to: topic, by: lab.producer(["acks": "1"])).noted))
        },
        ConformanceCase(
            .errors, "a record waits for replicas to come back",
            "NOT_ENOUGH_REPLICAS is retriable: librdkafka tries again until message.timeout.ms.",
            needs: [.crash, .replication],
            shows: ["offset 1"]
        ) { lab in
            let topic = try lab.topic(minInsync: 3)
            let producer = try lab.producer()
            try lab.deliver(["a"], to: topic, by: producer)
            let follower = try lab.crashFollower(of: topic)
            let tags = try lab.produce(["b"], to: topic, by: producer)
            try lab.pass(.seconds(5))
            try lab.cluster.restart(follower)
            lab.see(try lab.reports(of: tags, by: producer, within: .seconds(90)).noted)
        },
        ConformanceCase(
            .errors, "a partition that does not exist is unknown to the client",
            "librdkafka fails such messages with ERR__UNKNOWN_PARTITION (-190).",
            shows: ["unknownPartition"]
        ) { lab in
            let topic = try lab.topic(2)
            let producer = try lab.producer()
            try lab.deliver(["a"], to: topic, 0, by: producer)
            do {
                lab.see(try lab.deliver(["b"], to: topic, 7, by: producer).noted)
            } catch let failure as CallFailure {
                lab.see("\(failure)")
            }
        },
        ConformanceCase(
            .errors, "a record larger than the topic allows is refused by the broker",
            "max.message.bytes of the topic: MESSAGE_TOO_LARGE (Topic Configs).",
            needs: [.topicConfiguration],
            shows: ["messageTooLarge", "offset 0"]
        ) { lab in
            let topic = try lab.topic(1, ["max.message.bytes": "2000"])
            let producer = try lab.producer(["linger.ms": "0"])
            lab.see(try lab.deliver([String(repeating: "x", count: 5_000)], to: topic, by: producer).noted)
            lab.see(try lab.deliver(["small"], to: topic, by: producer).noted)
        },
        ConformanceCase(
            .errors, "a subscription to a topic that does not exist is told to the application",
            "librdkafka emits ERR_UNKNOWN_TOPIC_OR_PART for subscribed topics; consumers create none "
                + "(allow.auto.create.topics=false).",
            shows: ["unknownTopicOrPartition", "none"],
            differs: [
                .mock: Difference(
                    shows: ["no error", "0 1 2 3"], because: "the mock creates every topic that it is asked about")
            ]
        ) { lab in
            let member = try lab.member(
                of: lab.cluster.uniqueName("group"), topics: [lab.cluster.uniqueName("nothing")])
            _ = try lab.cluster.wait(within: .seconds(20)) {
                try !member.failures.isEmpty || !member.assignment().isEmpty
            }
            lab.see(member.failures.first.map { "\($0)" } ?? "no error")
            lab.see(try member.assignment().numbers)
        },
        ConformanceCase(
            .errors, "a session timeout below the broker's minimum is refused",
            "group.min.session.timeout.ms is 6000: JoinGroup answers INVALID_SESSION_TIMEOUT (26).",
            shows: ["invalidSessionTimeout", "none"],
            differs: [.mock: Difference(shows: ["no error", "0"], because: "the mock takes any session timeout")]
        ) { lab in
            let topic = try lab.topic()
            let member = try lab.member(
                of: lab.cluster.uniqueName("group"), topics: [topic],
                ["session.timeout.ms": "5000", "heartbeat.interval.ms": "500"])
            _ = try lab.cluster.wait(within: .seconds(12)) {
                try !member.failures.isEmpty || member.assignment().count == 1
            }
            lab.see(member.failures.first.map { "\($0)" } ?? "no error")
            lab.see(try member.assignment().numbers)
        },
        ConformanceCase(
            .errors, "a producer that was cut off goes on when the network is back",
            "Lost connections are opened again with back-off; what waited is sent (reconnect.backoff.ms).",
            needs: [.cutOff],
            shows: ["offset 1, offset 2"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["enable.idempotence": "true"])
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.cluster.setCutOff(producer, true)
            let tags = try lab.produce(["b", "c"], to: topic, by: producer)
            try lab.pass(.seconds(20))
            try lab.cluster.setCutOff(producer, false)
            lab.see(try lab.reports(of: tags, by: producer, within: .seconds(120)).noted)
        },
        ConformanceCase(
            .errors, "what a producer that was cut off for too long had to say is given up",
            "message.timeout.ms runs on while there is no connection: ERR__MSG_TIMED_OUT (-192).",
            needs: [.cutOff],
            shows: ["messageTimedOut", "offset 1", "0=a 1=c"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["delivery.timeout.ms": "5000", "socket.timeout.ms": "2000"])
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.cluster.setCutOff(producer, true)
            lab.see(try lab.deliver(["b"], to: topic, by: producer).noted)
            try lab.cluster.setCutOff(producer, false)
            try lab.pass(.seconds(12))
            lab.see(try lab.deliver(["c"], to: topic, by: producer).noted)
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .errors, "a member that was cut off loses its partitions and joins again",
            "Without a word from the coordinator for a session, librdkafka gives the assignment up as lost.",
            needs: [.cutOff],
            shows: ["the other takes over", "lost 1", "one each"]
        ) { lab in
            let topic = try lab.topic(2)
            let group = lab.cluster.uniqueName("group")
            let eager = ["partition.assignment.strategy": "range"]
            let cut = try lab.member(of: group, topics: [topic], eager)
            let other = try lab.member(of: group, topics: [topic], eager)
            try lab.waitForShares([(cut, 1), (other, 1)])
            try lab.cluster.setCutOff(cut, true)
            try lab.waitForShares([(other, 2)])
            lab.see("the other takes over")
            try lab.wait(for: "the loss") { cut.rebalances.noted.contains { $0.hasPrefix("lost") } }
            lab.see(cut.rebalances.noted.last { $0.hasPrefix("lost") } ?? "")
            try lab.cluster.setCutOff(cut, false)
            try lab.waitForShares([(cut, 1), (other, 1)], within: .seconds(90))
            lab.see("one each")
        },
        ConformanceCase(
            .errors, "seeking in a partition that is not assigned is an error",
            "rd_kafka_seek_partitions: ERR__STATE for a partition that is not being read.",
            shows: ["erroneousState"]
        ) { lab in
            let topic = try lab.topic(2)
            let reader = try lab.reader(topic, 0)
            try lab.pass(.seconds(1))
            lab.see(try lab.outcome { try reader.seek(NamedPartition(topic, 1), to: 0) })
        },
        ConformanceCase(
            .errors, "every property of the table is understood",
            "librdkafka, CONFIGURATION.md: the table has its names, and values that it accepts.",
            shows: ["producer: offset 0", "consumer: 0=a"]
        ) { lab in
            let topic = try lab.topic()
            func defaults(_ client: PropertyScope) -> [String: String] {
                var properties: [String: String] = [:]
                for property in PropertyTable.all where property.scope == client || property.scope == .both {
                    properties[property.name] = property.defaultText.isEmpty ? nil : property.defaultText
                }
                return properties
            }
            let producer = try lab.producer(defaults(.producer))
            lab.see("producer: " + (try lab.deliver(["a"], to: topic, by: producer).noted))
            let consumer = try lab.consumer(defaults(.consumer).merging(["auto.offset.reset": "earliest"]) { $1 })
            try consumer.assign([(NamedPartition(topic, 0), .beginning)])
            lab.see("consumer: " + (try lab.read(1, by: consumer).noted))
        },
    ]
}

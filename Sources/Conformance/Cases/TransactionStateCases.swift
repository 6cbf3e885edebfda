import Kafka

extension Suite {
    static let transactionStateCases: [ConformanceCase] = [
        ConformanceCase(
            .transactions, "calls at the wrong moment are refused and change nothing",
            "librdkafka checks the transaction's state: ERR__STATE (rdkafka_txnmgr.c).",
            shows: [
                "begin before init: erroneousState", "init: fine", "commit before begin: erroneousState",
                "produce before begin: erroneousState", "begin: fine", "begin again: erroneousState", "commit: fine",
            ]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.producer(["transactional.id": lab.cluster.uniqueName("transactional")])
            func note(_ name: String, _ call: () throws -> Void) throws {
                lab.see("\(name): \(try lab.outcome(of: call))")
            }
            try note("begin before init") { try producer.beginTransaction() }
            try note("init") { try producer.initTransactions(within: Lab.patience) }
            try note("commit before begin") { try producer.commitTransaction(within: Lab.patience) }
            try note("produce before begin") { try lab.produce(["a"], to: topic, by: producer) }
            try note("begin") { try producer.beginTransaction() }
            try note("begin again") { try producer.beginTransaction() }
            try note("commit") { try producer.commitTransaction(within: Lab.patience) }
        },
        ConformanceCase(
            .transactions, "a producer without transactional.id has no transactions",
            "rd_kafka_init_transactions: ERR__NOT_CONFIGURED (-145).",
            shows: ["notConfigured", "notConfigured"]
        ) { lab in
            let producer = try lab.producer(["enable.idempotence": "true"])
            lab.see(try lab.outcome { try producer.initTransactions(within: Lab.patience) })
            lab.see(try lab.outcome { try producer.beginTransaction() })
        },
        ConformanceCase(
            .transactions, "an empty transaction commits and aborts",
            "Without partitions there is nothing to tell the coordinator; both calls succeed (KIP-98).",
            shows: ["commit: fine", "abort: fine", "a"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            lab.see("commit: " + (try lab.outcome { try producer.commitTransaction(within: Lab.patience) }))
            try producer.beginTransaction()
            lab.see("abort: " + (try lab.outcome { try producer.abortTransaction(within: Lab.patience) }))
            try lab.transact(["a"], to: topic, by: producer)
            lab.see(try lab.contents(topic, count: 1, with: committed).values)
        },
        ConformanceCase(
            .transactions, "a second producer of the same id fences the first",
            "InitProducerId raises the epoch; the older one is a zombie, which is fatal for it (KIP-98).",
            shows: ["commit of the old: fenced, fatal", "the new: fine", "b"],
            differs: [
                .mock: Difference(
                    shows: ["commit of the old: fine", "the new: fine", "a b"],
                    because: "the mock fences nobody, and shows what an open transaction has written")
            ]
        ) { lab in
            let topic = try lab.topic()
            let id = lab.cluster.uniqueName("transactional")
            let old = try lab.transactionalProducer(id: id)
            try old.beginTransaction()
            try lab.deliver(["a"], to: topic, by: old)
            let new = try lab.transactionalProducer(id: id)
            lab.see("commit of the old: " + (try lab.outcome { try old.commitTransaction(within: Lab.patience) }))
            lab.see("the new: " + (try lab.outcome { try lab.transact(["b"], to: topic, by: new) }))
            lab.see(try lab.contents(topic, count: 1, with: committed).values)
        },
        ConformanceCase(
            .transactions, "taking an id over ends the transaction that was left open",
            "InitProducerId aborts what an earlier producer of the id has begun (KIP-98).",
            shows: ["x"],
            differs: [.mock: Difference(shows: ["a x"], because: mockShowsAll)]
        ) { lab in
            let topic = try lab.topic()
            let id = lab.cluster.uniqueName("transactional")
            let dying = try lab.transactionalProducer(id: id)
            try dying.beginTransaction()
            try lab.deliver(["a"], to: topic, by: dying)
            dying.close()
            _ = try lab.transactionalProducer(id: id)
            try lab.deliver(["x"], to: topic, by: lab.producer())
            lab.see(try lab.contents(topic, count: 1, with: committed).values)
        },
        ConformanceCase(
            .transactions, "an abandoned transaction is aborted when its time is over",
            "The coordinator aborts after transaction.timeout.ms (KIP-98).",
            shows: ["nothing", "x"],
            differs: [.mock: Difference(shows: ["a x", "a x"], because: "the mock ends no transaction by itself")]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer(["transaction.timeout.ms": "4000"])
            try producer.beginTransaction()
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.deliver(["x"], to: topic, by: lab.producer())
            let reader = try lab.reader(topic, with: committed)
            lab.see(try lab.read(0, by: reader, quiet: .seconds(2)).values)
            // The coordinator looks every ten seconds (transaction.abort.timed.out.transaction.cleanup.interval.ms).
            lab.see(try lab.read(1, by: reader, within: .seconds(25)).values)
        },
        ConformanceCase(
            .transactions, "who commits after that is told so",
            "The coordinator has raised the epoch: the producer is fenced, or has to abort (KIP-360).",
            shows: ["refused", "nothing"],
            differs: [.mock: Difference(shows: ["fine", "a"], because: "the mock ends no transaction by itself")]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer(["transaction.timeout.ms": "4000"])
            try producer.beginTransaction()
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.pass(.seconds(20))
            let outcome = try lab.outcome { try producer.commitTransaction(within: Lab.patience) }
            lab.see(outcome == "fine" ? "fine" : "refused")
            lab.see(try lab.contents(topic, count: 1, with: committed).values)
        },
        ConformanceCase(
            .transactions, "a transaction survives the death of its coordinator",
            "Its state is in a replicated log; the next leader of that partition goes on (KIP-98).",
            needs: [.crash],
            shows: ["fine", "a b"]
        ) { lab in
            let topic = try lab.topic()
            let id = lab.cluster.uniqueName("transactional")
            let producer = try lab.transactionalProducer(id: id)
            try producer.beginTransaction()
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.crashCoordinator(ofTransactionalID: id)
            try lab.deliver(["b"], to: topic, by: producer)
            lab.see(try lab.outcome { try producer.commitTransaction(within: .seconds(60)) })
            lab.see(try lab.contents(topic, count: 2, with: committed).values)
        },
        ConformanceCase(
            .transactions, "a transaction survives the death of a partition's leader",
            "The next leader knows from its log which transactions are open (KIP-98).",
            needs: [.crash],
            shows: ["fine", "a b"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.crashLeader(of: topic)
            try lab.deliver(["b"], to: topic, by: producer)
            lab.see(try lab.outcome { try producer.commitTransaction(within: .seconds(60)) })
            lab.see(try lab.contents(topic, count: 2, with: committed).values)
        },
        ConformanceCase(
            .transactions, "a record whose answer is lost is in the transaction once",
            "Transactional producers are idempotent (KIP-98).",
            needs: [.lostAnswers],
            shows: ["offset 1", "a b"],
            differs: [
                .mock: Difference(
                    shows: ["offset unknown", "a b"],
                    because: "the mock answers DUPLICATE_SEQUENCE_NUMBER, and has forgotten the offset")
            ]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer([
                "socket.timeout.ms": "1000", "transaction.timeout.ms": "60000", "reconnect.backoff.max.ms": "200",
            ])
            try producer.beginTransaction()
            try lab.deliver(["a"], to: topic, by: producer)
            var tags: [UInt64] = []
            try lab.losingAnswers { tags = try lab.produce(["b"], to: topic, by: producer) }
            lab.see(try lab.reports(of: tags, by: producer).noted)
            try producer.commitTransaction(within: Lab.patience)
            lab.see(try lab.contents(topic, count: 2, with: committed).values)
        },
        ConformanceCase(
            .transactions, "a message that cannot be delivered makes the transaction abort",
            "librdkafka: a failed message puts the transaction into the abortable error state; after the abort the "
                + "producer goes on.",
            needs: [.crash],
            shows: ["messageTimedOut", "refused, abort", "abort: fine", "c"],
            differs: [
                .mock: Difference(
                    shows: ["messageTimedOut", "refused, abort", "abort: fine", "a c"], because: mockShowsAll)
            ]
        ) { lab in try undeliverable(lab) },
    ]

    /// All brokers are down for longer than a message may take.
    private static func undeliverable(_ lab: Lab) throws {
        let topic = try lab.topic()
        let producer = try lab.transactionalProducer([
            "delivery.timeout.ms": "3000", "request.timeout.ms": "1000", "transaction.timeout.ms": "50000",
            "reconnect.backoff.max.ms": "500",
        ])
        try producer.beginTransaction()
        try lab.deliver(["a"], to: topic, by: producer)
        for broker in lab.cluster.brokers { try lab.cluster.crash(broker, losing: .nothing) }
        lab.see(try lab.deliver(["b"], to: topic, by: producer).noted)
        for broker in lab.cluster.brokers { try lab.cluster.restart(broker) }
        try lab.pass(.seconds(3))
        let outcome = try lab.outcome { try producer.commitTransaction(within: .seconds(60)) }
        lab.see(outcome.hasSuffix(", abort") ? "refused, abort" : outcome)
        lab.see("abort: " + (try lab.outcome { try producer.abortTransaction(within: .seconds(60)) }))
        try lab.transact(["c"], to: topic, by: producer)
        lab.see(try lab.contents(topic, count: 1, with: committed).values)
    }
}

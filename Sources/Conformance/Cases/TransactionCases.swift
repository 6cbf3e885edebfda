import Kafka

extension Suite {
    static let committed = ["isolation.level": "read_committed"]
    static let uncommitted = ["isolation.level": "read_uncommitted"]
    static let mockShowsAll = "the mock reports no aborted ranges and no last stable offset: it shows what it has"

    static let transactionCases: [ConformanceCase] = [
        ConformanceCase(
            .transactions, "what a transaction wrote is read when it has committed",
            "read_committed shows committed transactions in the order of the log (KIP-98).",
            shows: ["nothing", "a b"],
            differs: [.mock: Difference(shows: ["a b", "a b"], because: mockShowsAll)]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try lab.deliver(["a", "b"], to: topic, by: producer)
            let reader = try lab.reader(topic, with: committed)
            lab.see(try lab.read(0, by: reader, quiet: .seconds(2)).values)
            try producer.commitTransaction(within: Lab.patience)
            lab.see(try lab.read(2, by: reader).values)
        },
        ConformanceCase(
            .transactions, "what an aborted transaction wrote is never read",
            "read_committed filters aborted ranges; read_uncommitted shows them (KIP-98).",
            shows: ["committed: c", "uncommitted: a b c"],
            differs: [.mock: Difference(shows: ["committed: a b c", "uncommitted: a b c"], because: mockShowsAll)]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try lab.deliver(["a", "b"], to: topic, by: producer)
            try producer.abortTransaction(within: Lab.patience)
            try lab.transact(["c"], to: topic, by: producer)
            lab.see(
                "committed: " + (try lab.read(1, by: lab.reader(topic, with: committed), quiet: .seconds(2)).values))
            lab.see("uncommitted: " + (try lab.read(3, by: lab.reader(topic, with: uncommitted)).values))
        },
        ConformanceCase(
            .transactions, "a commit leaves a marker that takes an offset",
            "A control batch ends a transaction in every partition that it wrote to (KIP-98).",
            shows: ["0=a 2=b 4=c"],
            differs: [.mock: Difference(shows: ["0=a 1=b 2=c"], because: "the mock writes no markers")]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer()
            for value in ["a", "b", "c"] { try lab.transact([value], to: topic, by: producer) }
            lab.see(try lab.contents(topic, count: 3, with: committed).noted)
        },
        ConformanceCase(
            .transactions, "an abort leaves a marker as well",
            "A control batch ends a transaction in every partition that it wrote to (KIP-98).",
            shows: ["2=b"],
            differs: [.mock: Difference(shows: ["0=a 1=b"], because: mockShowsAll)]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try lab.deliver(["a"], to: topic, by: producer)
            try producer.abortTransaction(within: Lab.patience)
            try lab.deliver(["b"], to: topic, by: lab.producer())
            lab.see(try lab.contents(topic, count: 1, with: committed).noted)
        },
        ConformanceCase(
            .transactions, "an open transaction holds back what was written after it",
            "read_committed ends at the last stable offset, the first offset of the oldest open transaction (KIP-98).",
            shows: ["nothing", "a x"],
            differs: [.mock: Difference(shows: ["a x", "a x"], because: mockShowsAll)]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.deliver(["x"], to: topic, by: lab.producer())
            let reader = try lab.reader(topic, with: committed)
            lab.see(try lab.read(0, by: reader, quiet: .seconds(2)).values)
            try producer.commitTransaction(within: Lab.patience)
            lab.see(try lab.read(2, by: reader).values)
        },
        ConformanceCase(
            .transactions, "read_committed ends where read_uncommitted goes on",
            "ListOffsets with isolation level read_committed answers with the last stable offset (KIP-98).",
            shows: ["committed 1", "uncommitted 3"],
            differs: [.mock: Difference(shows: ["committed 3", "uncommitted 3"], because: mockShowsAll)]
        ) { lab in
            let topic = try written(["x"], lab)
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try lab.deliver(["a", "b"], to: topic, by: producer)
            let partition = NamedPartition(topic, 0)
            lab.see("committed \(try lab.consumer(committed).watermarks(partition).high)")
            lab.see("uncommitted \(try lab.consumer(uncommitted).watermarks(partition).high)")
        },
        ConformanceCase(
            .transactions, "two partitions become visible together",
            "A transaction is atomic over partitions (KIP-98).",
            shows: ["0: nothing", "1: nothing", "0: a", "1: b"],
            differs: [.mock: Difference(shows: ["0: a", "1: b", "0: a", "1: b"], because: mockShowsAll)]
        ) { lab in
            let topic = try lab.topic(2)
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try lab.deliver(["a"], to: topic, 0, by: producer)
            try lab.deliver(["b"], to: topic, 1, by: producer)
            let readers = [try lab.reader(topic, 0, with: committed), try lab.reader(topic, 1, with: committed)]
            try lab.pass(.seconds(2))
            for (number, reader) in readers.enumerated() { lab.see("\(number): \(reader.records.values)") }
            try producer.commitTransaction(within: Lab.patience)
            for (number, reader) in readers.enumerated() {
                lab.see("\(number): " + (try lab.read(1, by: reader).values))
            }
        },
        ConformanceCase(
            .transactions, "interleaved transactions end each by itself",
            "Aborted ranges are per producer id: between them, what others wrote stays (KIP-98).",
            shows: ["nothing", "b1 b2 x"],
            differs: [.mock: Difference(shows: ["a1 b1 a2 b2 x", "a1 b1 a2 b2 x"], because: mockShowsAll)]
        ) { lab in
            let topic = try lab.topic()
            let first = try lab.transactionalProducer()
            let second = try lab.transactionalProducer()
            try first.beginTransaction()
            try second.beginTransaction()
            for (value, producer) in [("a1", first), ("b1", second), ("a2", first), ("b2", second)] {
                try lab.deliver([value], to: topic, by: producer)
            }
            try second.commitTransaction(within: Lab.patience)
            try lab.deliver(["x"], to: topic, by: lab.producer())
            let reader = try lab.reader(topic, with: committed)
            lab.see(try lab.read(0, by: reader, quiet: .seconds(2)).values)
            try first.abortTransaction(within: Lab.patience)
            lab.see(try lab.read(3, by: reader).values)
        },
        ConformanceCase(
            .transactions, "a commit delivers what is still on its way",
            "rd_kafka_commit_transaction flushes before it ends the transaction.",
            shows: ["offset 0, offset 1, offset 2", "a b c"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer(["linger.ms": "2000"])
            try producer.beginTransaction()
            let tags = try lab.produce(["a", "b", "c"], to: topic, by: producer)
            try producer.commitTransaction(within: Lab.patience)
            lab.see(try lab.reports(of: tags, by: producer).noted)
            lab.see(try lab.contents(topic, count: 3, with: committed).values)
        },
        ConformanceCase(
            .transactions, "an abort drops what was not sent",
            "rd_kafka_abort_transaction purges the queue: such messages fail with ERR__PURGE_QUEUE (-152).",
            shows: ["purgedInQueue", "nothing"]
        ) { lab in
            let topic = try lab.topic()
            let producer = try lab.transactionalProducer(["linger.ms": "5000"])
            try producer.beginTransaction()
            let tags = try lab.produce(["a"], to: topic, by: producer)
            try producer.abortTransaction(within: Lab.patience)
            lab.see(try lab.reports(of: tags, by: producer).noted)
            lab.see(try lab.contents(topic, count: 0, with: uncommitted).values)
        },
    ]
}

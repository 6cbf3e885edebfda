import Kafka

extension Suite {
    private static let ignoresOffsets = "the mock answers TxnOffsetCommit and stores nothing"

    static let transactionOffsetCases: [ConformanceCase] = [
        ConformanceCase(
            .transactions, "offsets of a transaction are committed with it",
            "TxnOffsetCommit becomes visible at the commit marker (KIP-98).",
            shows: ["none", "2"],
            differs: [.mock: Difference(shows: ["none", "none"], because: ignoresOffsets)]
        ) { lab in
            let (topic, consumer) = try readUp(to: 2, lab)
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try producer.sendOffsets([(NamedPartition(topic, 0), 2)], of: consumer, within: Lab.patience)
            lab.see(try settled(by: consumer, topic, lab))
            try producer.commitTransaction(within: Lab.patience)
            lab.see(try settled(by: consumer, topic, lab))
        },
        ConformanceCase(
            .transactions, "offsets of an aborted transaction are forgotten",
            "An abort marker discards pending TxnOffsetCommits (KIP-98).",
            shows: ["fine", "1"]
        ) { lab in
            let (topic, consumer) = try readUp(to: 2, lab)
            try consumer.commit([(NamedPartition(topic, 0), 1)])
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try producer.sendOffsets([(NamedPartition(topic, 0), 2)], of: consumer, within: Lab.patience)
            lab.see(try lab.outcome { try producer.abortTransaction(within: Lab.patience) })
            lab.see(try settled(by: consumer, topic, lab))
        },
        ConformanceCase(
            .transactions, "a transaction of offsets alone is a transaction",
            "AddOffsetsToTxn adds the group's partition of __consumer_offsets; no records are needed (KIP-98).",
            shows: ["fine", "2", "fine", "3"],
            differs: [.mock: Difference(shows: ["fine", "none", "fine", "none"], because: ignoresOffsets)]
        ) { lab in
            let (topic, consumer) = try readUp(to: 2, lab)
            let producer = try lab.transactionalProducer()
            for offset in [2, 3] as [Int64] {
                try producer.beginTransaction()
                try producer.sendOffsets([(NamedPartition(topic, 0), offset)], of: consumer, within: Lab.patience)
                lab.see(try lab.outcome { try producer.commitTransaction(within: Lab.patience) })
                lab.see(try settled(by: consumer, topic, lab))
            }
        },
        ConformanceCase(
            .transactions, "a member that is in the group no more cannot send its offsets",
            "TxnOffsetCommit carries member and generation: UNKNOWN_MEMBER_ID or ILLEGAL_GENERATION, and the "
                + "transaction must be aborted (KIP-447).",
            needs: [.freeze],
            shows: ["refused, abort", "none"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let group = lab.cluster.uniqueName("group")
            let zombie = try lab.member(of: group, topics: [topic])
            try lab.read(2, by: zombie)
            try lab.cluster.setFrozen(zombie, true)
            try lab.pass(.seconds(10))
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            let outcome = try lab.outcome {
                try producer.sendOffsets([(NamedPartition(topic, 0), 2)], of: zombie, within: Lab.patience)
            }
            let isRefused = ["unknownMemberID, abort", "illegalGeneration, abort"].contains(outcome)
            lab.see(isRefused ? "refused, abort" : outcome)
            try producer.abortTransaction(within: Lab.patience)
            lab.see(try committed(by: lab.consumer(group: group), topic, 1))
        },
        ConformanceCase(
            .transactions, "consume, transform, produce: a restart in the middle repeats nothing",
            "Input offsets and output records commit atomically: exactly once from topic to topic (KIP-98, KIP-447).",
            shows: ["A B C D E F"],
            differs: [
                .mock: Difference(
                    shows: ["A B C D A B C D E F"],
                    because: ignoresOffsets + ", so the second life begins at the beginning, and shows aborted records")
            ]
        ) { lab in
            let input = try written(["a", "b", "c", "d", "e", "f"], lab)
            let output = try lab.topic()
            let (group, id) = (lab.cluster.uniqueName("group"), lab.cluster.uniqueName("transactional"))
            // The first life commits after two records and dies with two more in an open transaction.
            let first = try lab.member(of: group, topics: [input])
            try lab.read(6, by: first)
            let dying = try lab.transactionalProducer(id: id)
            try transform(Array(first.records.prefix(2)), to: output, first, dying, lab)
            try dying.commitTransaction(within: Lab.patience)
            try transform(Array(first.records.dropFirst(2).prefix(2)), to: output, first, dying, lab)
            first.close()
            dying.close()
            // The second goes on where the offsets say.
            let second = try lab.member(of: group, topics: [input])
            let producer = try lab.transactionalProducer(id: id)
            try lab.read(4, by: second)
            try transform(second.records, to: output, second, producer, lab)
            try producer.commitTransaction(within: Lab.patience)
            lab.see(try lab.contents(output, count: 6, with: Self.committed).values)
        },
        ConformanceCase(
            .transactions, "asking for offsets waits while they are not decided",
            "OffsetFetch of a read_committed consumer has require_stable set, and is answered with "
                + "UNSTABLE_OFFSET_COMMIT until the marker is there (KIP-447).",
            shows: ["timedOut", "2"],
            differs: [.mock: Difference(shows: ["none", "none"], because: ignoresOffsets)]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            let consumer = try lab.member(of: lab.cluster.uniqueName("group"), topics: [topic], Self.committed)
            try lab.read(3, by: consumer)
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try producer.sendOffsets([(NamedPartition(topic, 0), 2)], of: consumer, within: Lab.patience)
            do { lab.see(try settled(by: consumer, topic, lab)) } catch let failure as CallFailure {
                lab.see("\(failure)")
            }
            try producer.commitTransaction(within: Lab.patience)
            lab.see(try settled(by: consumer, topic, lab))
        },
        ConformanceCase(
            .transactions, "a new member waits for offsets that are not decided yet",
            "OffsetFetch with require_stable answers UNSTABLE_OFFSET_COMMIT until the marker is there (KIP-447).",
            shows: ["nothing", "2=c"],
            differs: [
                .mock: Difference(shows: ["0=a 1=b 2=c", "0=a 1=b 2=c"], because: ignoresOffsets)
            ]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            let group = lab.cluster.uniqueName("group")
            let first = try lab.member(of: group, topics: [topic])
            try lab.read(3, by: first)
            let producer = try lab.transactionalProducer()
            try producer.beginTransaction()
            try producer.sendOffsets([(NamedPartition(topic, 0), 2)], of: first, within: Lab.patience)
            first.close()
            let second = try lab.member(of: group, topics: [topic], Self.committed)
            lab.see(try lab.read(0, by: second, quiet: .seconds(8)).noted)
            try producer.commitTransaction(within: Lab.patience)
            lab.see(try lab.read(1, by: second).noted)
        },
    ]

    /// A member of a group that has read so many records of a topic with three.
    private static func readUp(to count: Int, _ lab: Lab) throws -> (topic: String, consumer: any TestConsumer) {
        let topic = try written(["a", "b", "c"], lab)
        // To read_committed consumers, undecided offsets are no answer.
        let consumer = try lab.member(of: lab.cluster.uniqueName("group"), topics: [topic], Self.uncommitted)
        try lab.read(count, by: consumer)
        return (topic, consumer)
    }

    /// What is committed without the pending ones, and when the markers have had time to arrive.
    private static func settled(by consumer: any TestConsumer, _ topic: String, _ lab: Lab) throws -> String {
        try lab.pass(.seconds(1))
        return try committed(by: consumer, topic, 1)
    }

    /// Begins a transaction, and sends records in capital letters with the offsets of what they came from.
    private static func transform(
        _ records: [ReadRecord], to topic: String, _ consumer: any TestConsumer, _ producer: any TestProducer,
        _ lab: Lab
    ) throws {
        guard let last = records.last else { return }
        try producer.beginTransaction()
        try lab.deliver(records.map { $0.value.uppercased() }, to: topic, by: producer)
        try producer.sendOffsets([(last.partition, last.offset + 1)], of: consumer, within: Lab.patience)
    }
}

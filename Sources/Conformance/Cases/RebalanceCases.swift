import Kafka

extension Suite {
    private static let eager = ["partition.assignment.strategy": "range"]
    private static let cooperative = ["partition.assignment.strategy": "cooperative-sticky"]

    private static let refusesCommits = "the mock refuses commits while members are asked to join again"

    static let rebalanceCases: [ConformanceCase] = [
        ConformanceCase(
            .rebalance, "eager: everything is given up before it is dealt out again",
            "The eager protocol revokes the whole assignment at every rebalance (documentation, KIP-429).",
            shows: ["assigned 4", "revoked 4", "assigned 2"]
        ) { lab in
            let (members, _) = try growingGroup(eager, lab)
            for line in members[0].rebalances.noted.prefix(3) { lab.see(line) }
        },
        ConformanceCase(
            .rebalance, "cooperative: a member keeps what it does not have to give away",
            "Only partitions that move are revoked (KIP-429).",
            shows: ["assigned 4 more", "revoked 2 of them"]
        ) { lab in
            let (members, _) = try growingGroup(cooperative, lab)
            for line in members[0].rebalances.noted { lab.see(line) }
        },
        ConformanceCase(
            .rebalance, "cooperative: what a member leaves behind comes in addition",
            "The remaining members keep their partitions and get those that are free (KIP-429).",
            shows: ["assigned 2 more", "assigned 2 more", "holds 0 1 2 3"]
        ) { lab in
            let (members, _) = try growingGroup(cooperative, lab)
            members[0].close()
            try lab.waitForShares([(members[1], 4)])
            for line in members[1].rebalances.noted { lab.see(line) }
            lab.see("holds \(try members[1].assignment().numbers)")
        },
        ConformanceCase(
            .rebalance, "eager: what a member leaves behind makes everybody start anew",
            "The eager protocol revokes the whole assignment at every rebalance (KIP-429).",
            shows: ["assigned 2", "revoked 2", "assigned 4"]
        ) { lab in
            let (members, _) = try growingGroup(eager, lab)
            members[0].close()
            try lab.waitForShares([(members[1], 4)])
            for line in members[1].rebalances.noted { lab.see(line) }
        },
        ConformanceCase(
            .rebalance, "sticky: a third member costs the others as little as possible",
            "The sticky assignor moves only what balance demands (KIP-54, KIP-429).",
            shows: ["2 2 2", "the first kept 2", "the second kept 2"]
        ) { lab in
            let (members, topic) = try growingGroup(cooperative, partitions: 6, lab)
            let before = try members.map { Set(try $0.assignment()) }
            let third = try lab.member(of: topic.group, topics: [topic.name], cooperative)
            try lab.waitForShares([(members[0], 2), (members[1], 2), (third, 2)])
            lab.see("2 2 2")
            lab.see("the first kept \(before[0].intersection(try members[0].assignment()).count)")
            lab.see("the second kept \(before[1].intersection(try members[1].assignment()).count)")
        },
        ConformanceCase(
            .rebalance, "eager: the others wait until a member has given its partitions up",
            "A rebalance completes when every member has joined again (protocol guide, JoinGroup).",
            shows: ["asked to give up 2", "newcomer waits with none", "one each"]
        ) { lab in
            let (first, second, _) = try deferredRevocation(lab)
            lab.see("asked to give up \(try first.assignment().count)")
            try lab.pass(.seconds(5))
            lab.see("newcomer waits with \(try second.assignment().numbers)")
            try first.completeRevocation()
            try lab.waitForShares([(first, 1), (second, 1)])
            lab.see("one each")
        },
        ConformanceCase(
            .rebalance, "what is committed while giving up is where the next owner begins",
            "A member of a rebalancing group may still commit in its old generation (KafkaConsumer, "
                + "ConsumerRebalanceListener).",
            shows: ["fine", "every partition from 3"],
            differs: [
                .mock: Difference(
                    shows: ["rebalanceInProgress", "offsets 0 0 1 1 2 2 3 3 4 4"], because: refusesCommits)
            ]
        ) { lab in
            let (first, second, topic) = try deferredRevocation(lab)
            lab.see(
                try lab.outcome {
                    try first.commit([(NamedPartition(topic.name, 0), 3), (NamedPartition(topic.name, 1), 3)])
                })
            let known = first.records.count
            try first.completeRevocation()
            try lab.waitForShares([(first, 1), (second, 1)])
            let producer = try lab.producer()
            for partition in 0..<2 as Range<Int32> { try lab.deliver(["z"], to: topic.name, partition, by: producer) }
            try lab.wait(for: "the records") { first.records.count + second.records.count >= known + 4 }
            try lab.pass(.seconds(1))
            let later = Array(first.records.dropFirst(known)) + second.records
            let offsets = later.map(\.offset).sorted()
            lab.see(
                offsets == [3, 3, 4, 4]
                    ? "every partition from 3" : "offsets " + offsets.map { "\($0)" }.joined(separator: " "))
        },
        ConformanceCase(
            .rebalance, "eager: what was not committed is read again, by whoever gets it",
            "After a rebalance a partition begins at its committed offset (documentation, 4.6: at least once).",
            shows: ["a b c d, then c d"]
        ) { lab in
            let topic = try written(["a", "b", "c", "d"], lab)
            let group = lab.cluster.uniqueName("group")
            let first = try lab.member(of: group, topics: [topic], eager)
            let before = try lab.read(4, by: first)
            try first.commit([(NamedPartition(topic, 0), 2)])
            first.close()
            let second = try lab.member(of: group, topics: [topic], eager)
            lab.see("\(list(before)), then \(list(try lab.read(2, by: second)))")
        },
        ConformanceCase(
            .rebalance, "cooperative: kept partitions go on without being read again",
            "A partition that is not revoked keeps its position (KIP-429).",
            shows: ["0 records twice among the kept"]
        ) { lab in
            let topic = try lab.topic(4)
            let producer = try lab.producer()
            for partition in 0..<4 as Range<Int32> { try lab.deliver(["a", "b"], to: topic, partition, by: producer) }
            let group = lab.cluster.uniqueName("group")
            let first = try lab.member(of: group, topics: [topic], cooperative)
            try lab.read(8, by: first)
            let second = try lab.member(of: group, topics: [topic], cooperative)
            try lab.waitForShares([(first, 2), (second, 2)])
            try lab.pass(.seconds(2))
            let kept = Set(try first.assignment())
            let places = first.records.filter { kept.contains($0.partition) }.map { "\($0.partition)@\($0.offset)" }
            lab.see("\(places.count - Set(places).count) records twice among the kept")
        },
        ConformanceCase(
            .rebalance, "at no moment do two members hold the same partition",
            "A partition has one owner in a generation; owners give up before others get (documentation, 5.9).",
            shows: ["eager: never", "cooperative: never"]
        ) { lab in
            for (name, properties) in [("eager", eager), ("cooperative", cooperative)] {
                lab.see("\(name): " + (try overlaps(properties, lab) == 0 ? "never" : "it happened"))
            }
        },
        ConformanceCase(
            .rebalance, "with commits when partitions are given up, every record is handled once",
            "Commits in the rebalance callback make a planned rebalance lossless and free of repetition.",
            shows: ["120 different records", "none twice"],
            differs: [.mock: Difference(shows: ["120 different records", "some twice"], because: refusesCommits)]
        ) { lab in
            let values = try handledWithCommits(lab)
            lab.see("\(Set(values).count) different records")
            lab.see(Set(values).count == values.count ? "none twice" : "some twice")
        },
        ConformanceCase(
            .rebalance, "partitions of a member that was put out are lost, not revoked",
            "Lost partitions belong to somebody else already (rd_kafka_assignment_lost, KIP-429).",
            shows: ["assigned 1", "lost 1"]
        ) { lab in
            let topic = try lab.topic()
            let properties = eager.merging(["max.poll.interval.ms": "7000"]) { $1 }
            let member = try lab.member(of: lab.cluster.uniqueName("group"), topics: [topic], properties)
            try lab.waitForShares([(member, 1)])
            member.isPolling = false
            try lab.pass(.seconds(12))
            member.isPolling = true
            try lab.wait(for: "the loss") { member.rebalances.count >= 2 }
            for line in member.rebalances.noted.prefix(2) { lab.see(line) }
        },
        ConformanceCase(
            .rebalance, "a zombie's commit is refused",
            "A commit of a member that was put out: UNKNOWN_MEMBER_ID or ILLEGAL_GENERATION (GroupCoordinator).",
            needs: [.freeze],
            shows: ["refused", "none"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let group = lab.cluster.uniqueName("group")
            let zombie = try lab.member(of: group, topics: [topic])
            try lab.read(2, by: zombie)
            try lab.cluster.setFrozen(zombie, true)
            let next = try lab.member(of: group, topics: [topic])
            try lab.waitForShares([(next, 1)])
            try lab.cluster.setFrozen(zombie, false)
            let outcome = try lab.outcome { try zombie.commit([(NamedPartition(topic, 0), 2)]) }
            lab.see(["unknownMemberID", "illegalGeneration"].contains(outcome) ? "refused" : outcome)
            lab.see(try committed(by: lab.consumer(), topic, 1))
        },
    ]
}

extension [Rebalance] {
    /// Without those that concern no partition.
    var noted: [String] {
        compactMap { rebalance in
            switch rebalance {
            case .assigned(let partitions, let isIncremental):
                partitions.isEmpty ? nil : "assigned \(partitions.count)" + (isIncremental ? " more" : "")
            case .revoked(let partitions, let isIncremental, let isLost):
                partitions.isEmpty
                    ? nil : "\(isLost ? "lost" : "revoked") \(partitions.count)" + (isIncremental ? " of them" : "")
            }
        }
    }
}

import Kafka

extension Suite {
    static let groupCases: [ConformanceCase] = [
        ConformanceCase(
            .groups, "a single member gets every partition",
            "The group's leader assigns all partitions of the subscribed topics (documentation, 5.9).",
            shows: ["0 1 2 3"]
        ) { lab in
            let topic = try lab.topic(4)
            let member = try lab.member(of: lab.cluster.uniqueName("group"), topics: [topic])
            try lab.waitForShares([(member, 4)])
            lab.see(try member.assignment().numbers)
        },
        ConformanceCase(
            .groups, "range gives each member a run of partitions, the first one more",
            "RangeAssignor: partitions in order over members in order of their ids.",
            shows: ["0 1 2 | 3 4"]
        ) { lab in
            let topic = try lab.topic(5)
            lab.see(try shares(of: [topic], 2, ["partition.assignment.strategy": "range"], counts: [2, 3], lab))
        },
        ConformanceCase(
            .groups, "range assigns each topic by itself",
            "RangeAssignor: the first member gets one more of every topic.",
            shows: ["0 0 1 1 | 2 2"]
        ) { lab in
            let topics = [try lab.topic(3), try lab.topic(3)]
            lab.see(try shares(of: topics, 2, ["partition.assignment.strategy": "range"], counts: [2, 4], lab))
        },
        ConformanceCase(
            .groups, "roundrobin deals out the partitions of all topics in turn",
            "RoundRobinAssignor: all partitions in order, dealt out over the members.",
            shows: ["0 1 2 | 0 1 2"]
        ) { lab in
            let topics = [try lab.topic(3), try lab.topic(3)]
            lab.see(try shares(of: topics, 2, ["partition.assignment.strategy": "roundrobin"], counts: [3, 3], lab))
        },
        ConformanceCase(
            .groups, "members beyond the number of partitions get none",
            "A partition has one consumer in a group (documentation, 4.5).",
            shows: ["none | 0 | 1"]
        ) { lab in
            let topic = try lab.topic(2)
            lab.see(try shares(of: [topic], 3, [:], counts: [0, 1, 1], lab))
        },
        ConformanceCase(
            .groups, "a topic goes to those who subscribe to it",
            "Assignors look at every member's own subscription.",
            shows: ["first: 2 of both", "second: 2 of one"]
        ) { lab in
            let topics = [try lab.topic(2), try lab.topic(2)]
            let group = lab.cluster.uniqueName("group")
            let first = try lab.member(of: group, topics: [topics[0]])
            let second = try lab.member(of: group, topics: [topics[1]])
            try lab.wait(for: "both to hold what they subscribe to", within: .seconds(60)) {
                try first.assignment() == [NamedPartition(topics[0], 0), NamedPartition(topics[0], 1)]
                    && second.assignment() == [NamedPartition(topics[1], 0), NamedPartition(topics[1], 1)]
            }
            lab.see("first: \(try first.assignment().count) of both")
            lab.see("second: \(try second.assignment().count) of one")
        },
        ConformanceCase(
            .groups, "two groups read the same records, each at its own pace",
            "Groups know nothing of each other (documentation, 4.5).",
            shows: ["a b c", "a b c"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            for _ in 0..<2 {
                let member = try lab.member(of: lab.cluster.uniqueName("group"), topics: [topic])
                lab.see(try lab.read(3, by: member).values)
            }
        },
        ConformanceCase(
            .groups, "the members of a group share the records",
            "Each record goes to one member of the group (documentation, 4.5).",
            shows: ["40 records, none twice", "both have some"]
        ) { lab in
            let topic = try lab.topic(4)
            let group = lab.cluster.uniqueName("group")
            let members = [try lab.member(of: group, topics: [topic]), try lab.member(of: group, topics: [topic])]
            try lab.waitForShares([(members[0], 2), (members[1], 2)])
            let producer = try lab.producer()
            for partition in 0..<4 as Range<Int32> {
                try lab.deliver((0..<10).map { "\(partition)-\($0)" }, to: topic, partition, by: producer)
            }
            try lab.wait(for: "40 records") { members.map(\.records.count).reduce(0, +) >= 40 }
            try lab.pass(.seconds(1))
            let values = members.flatMap { $0.records.map(\.value) }
            lab.see("\(values.count) records, " + (Set(values).count == values.count ? "none twice" : "some twice"))
            lab.see(members.allSatisfy { !$0.records.isEmpty } ? "both have some" : "one has none")
        },
        ConformanceCase(
            .groups, "a member that closes makes room at once",
            "LeaveGroup starts a rebalance without waiting for the session timeout (protocol guide).",
            shows: ["0 1 2 3", "within 4 s"],
            differs: [
                .mock: Difference(
                    shows: ["0 1 2 3", "later"], because: "at the mock a rebalance takes nearly the session timeout")
            ]
        ) { lab in
            let topic = try lab.topic(4)
            let group = lab.cluster.uniqueName("group")
            let members = [try lab.member(of: group, topics: [topic]), try lab.member(of: group, topics: [topic])]
            try lab.waitForShares([(members[0], 2), (members[1], 2)])
            members[1].close()
            let begin = lab.cluster.elapsed
            try lab.waitForShares([(members[0], 4)])
            lab.see(try members[0].assignment().numbers)
            lab.see(lab.cluster.elapsed - begin < .seconds(4) ? "within 4 s" : "later")
        },
        ConformanceCase(
            .groups, "a member that vanishes is put out after its session timeout",
            "Without heartbeats for session.timeout.ms a member is removed (documentation, Consumer Configs).",
            needs: [.abandon],
            shows: ["0 1 2 3", "after 4 to 9 s"],
            differs: [
                .mock: Difference(
                    shows: ["0 1 2 3", "later"], because: "the mock waits about twice the session timeout")
            ]
        ) { lab in
            let topic = try lab.topic(4)
            let group = lab.cluster.uniqueName("group")
            let members = [try lab.member(of: group, topics: [topic]), try lab.member(of: group, topics: [topic])]
            try lab.waitForShares([(members[0], 2), (members[1], 2)])
            try members[1].abandon()
            let begin = lab.cluster.elapsed
            try lab.waitForShares([(members[0], 4)])
            lab.see(try members[0].assignment().numbers)
            let took = lab.cluster.elapsed - begin
            lab.see(took < .seconds(4) ? "too early" : took < .seconds(9) ? "after 4 to 9 s" : "later")
        },
    ]

    /// What so many members of a group hold, in order; shares of the same size in order of their topics.
    private static func shares(
        of topics: [String], _ count: Int, _ properties: [String: String], counts: [Int], _ lab: Lab
    ) throws -> String {
        let group = lab.cluster.uniqueName("group")
        let members = try (0..<count).map { _ in try lab.member(of: group, topics: topics, properties) }
        var held: [[NamedPartition]] = []
        try lab.wait(for: "shares of \(counts)", within: .seconds(60)) {
            held = try members.map { try $0.assignment() }
            return held.map(\.count).sorted() == counts
        }
        let texts = held.map { $0.map(\.number).sorted().map { "\($0)" }.joined(separator: " ") }
        return texts.map { $0.isEmpty ? "none" : $0 }.sorted { ($0 == "none" ? "" : $0) < ($1 == "none" ? "" : $1) }
            .joined(separator: " | ")
    }
}

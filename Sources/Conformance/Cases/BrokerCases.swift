import Kafka

/// What administrators see of brokers that die and come back.
extension Suite {
    static let brokerCases: [ConformanceCase] = [
        ConformanceCase(
            .admin, "a dead leader is replaced and leaves the in-sync set",
            "The controller takes a fenced broker out of the in-sync sets and elects from what remains (KIP-631).",
            needs: [.crash, .replication],
            shows: ["before: 3 in sync", "another leader", "after: 2 in sync"]
        ) { lab in
            let topic = try written(["a"], lab)
            let admin = try lab.cluster.makeAdmin()
            lab.see("before: \(try admin.describeTopic(topic).inSync(0).count) in sync")
            let dead = try lab.crashLeader(of: topic)
            let state = try admin.describeTopic(topic)
            lab.see(state.leader(0) != nil && state.leader(0) != dead ? "another leader" : "no other leader")
            lab.see("after: \(state.inSync(0).count) in sync")
        },
        ConformanceCase(
            .admin, "a broker that comes back catches up and is in sync again",
            "A follower that has reached the leader's end joins the in-sync set (KIP-497).",
            needs: [.crash, .replication],
            shows: ["both in sync", "0=a 1=b"]
        ) { lab in
            let topic = try lab.topic(replicas: 2, minInsync: 1)
            let producer = try lab.producer()
            try lab.deliver(["a"], to: topic, by: producer)
            let dead = try lab.crashLeader(of: topic)
            try lab.deliver(["b"], to: topic, by: producer)
            try lab.cluster.restart(dead)
            let admin = try lab.cluster.makeAdmin()
            try lab.wait(for: "both in sync", within: .seconds(60)) {
                try admin.describeTopic(topic).inSync(0).count == 2
            }
            lab.see("both in sync")
            // The one that was away is enough.
            try lab.crashLeader(of: topic)
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .admin, "leadership goes back to the preferred replica",
            "The controller balances leaders every leader.imbalance.check.interval.seconds (300).",
            needs: [.crash, .replication, .longTime],
            shows: ["somebody else leads", "the preferred one leads"]
        ) { lab in
            let topic = try lab.topic()
            let preferred = try lab.crashLeader(of: topic)
            lab.see("somebody else leads")
            try lab.cluster.restart(preferred)
            try lab.wait(for: "the preferred leader", within: .seconds(700)) {
                try lab.cluster.leader(of: NamedPartition(topic, 0)) == preferred
            }
            lab.see("the preferred one leads")
        },
        ConformanceCase(
            .admin, "old records go when retention.ms has passed",
            "Closed segments whose latest record is older than retention.ms are deleted (Topic Configs); the active one "
                + "is rolled after segment.ms.",
            needs: [.topicConfiguration, .longTime],
            shows: ["begins after 0", "new: still there"]
        ) { lab in
            let topic = try lab.topic(1, ["retention.ms": "60000", "segment.ms": "30000"])
            let producer = try lab.producer()
            try lab.deliver(["old", "old"], to: topic, by: producer)
            try lab.pass(.seconds(120))
            try lab.deliver(["new"], to: topic, by: producer)
            try lab.pass(.seconds(330))
            try lab.deliver(["newer"], to: topic, by: producer)
            let (low, _) = try lab.consumer().watermarks(NamedPartition(topic, 0))
            lab.see(low > 0 ? "begins after 0" : "begins at 0")
            lab.see("new: " + (try lab.contents(topic, count: 1).last?.value == "newer" ? "still there" : "gone"))
        },
        ConformanceCase(
            .admin, "the oldest segments go when there are more than retention.bytes",
            "Whole segments are deleted from the beginning until the log fits (Topic Configs, retention.bytes).",
            needs: [.topicConfiguration, .longTime],
            shows: ["begins after 0", "the last record is there"]
        ) { lab in
            let topic = try lab.topic(1, ["retention.bytes": "30000", "segment.bytes": "16384"])
            let producer = try lab.producer(["batch.size": "4000", "linger.ms": "0"])
            for _ in 0..<50 { try lab.deliver([String(repeating: "x", count: 2_000)], to: topic, by: producer) }
            try lab.deliver(["last"], to: topic, by: producer)
            try lab.pass(.seconds(400))
            let (low, high) = try lab.consumer().watermarks(NamedPartition(topic, 0))
            lab.see(low > 0 ? "begins after 0" : "begins at 0")
            let reader = try lab.reader(topic, from: .offset(high - 1))
            lab.see(
                try lab.read(1, by: reader).values == "last" ? "the last record is there" : "the last record is gone")
        },
        ConformanceCase(
            .admin, "without unclean election a partition waits for a replica that has everything",
            "unclean.leader.election.enable=false: only in-sync replicas are elected (Topic Configs).",
            needs: [.crash, .replication, .topicConfiguration],
            shows: ["nobody leads", "0=a 1=b"]
        ) { lab in
            let (topic, last) = try onlyOneHasEverything(unclean: false, lab)
            try lab.pass(.seconds(30))
            let leader = try lab.cluster.leader(of: NamedPartition(topic, 0))
            lab.see(leader == nil ? "nobody leads" : "somebody leads")
            try lab.cluster.restart(last)
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .admin, "with unclean election somebody leads, and what the others did not have is lost",
            "unclean.leader.election.enable=true prefers availability (Topic Configs); the old leader truncates (KIP-101).",
            needs: [.crash, .replication, .topicConfiguration],
            shows: ["somebody leads", "offset 1", "0=a 1=c"]
        ) { lab in
            let (topic, last) = try onlyOneHasEverything(unclean: true, lab)
            try lab.wait(for: "a leader", within: .seconds(60)) {
                try lab.cluster.leader(of: NamedPartition(topic, 0)) != nil
            }
            lab.see("somebody leads")
            lab.see(try lab.deliver(["c"], to: topic, by: lab.producer()).noted)
            try lab.cluster.restart(last)
            try lab.pass(.seconds(20))
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .admin, "a broker with a new disk copies everything again",
            "A replica without a log fetches from the beginning, and is in sync when it has everything (KIP-497).",
            needs: [.crash, .replication, .diskLoss],
            shows: ["both in sync", "0=a 1=b"]
        ) { lab in
            let topic = try lab.topic(replicas: 2, minInsync: 1)
            let producer = try lab.producer()
            try lab.deliver(["a", "b"], to: topic, by: producer)
            let wiped = try lab.crashLeader(of: topic, losing: .everything)
            try lab.cluster.restart(wiped)
            let admin = try lab.cluster.makeAdmin()
            try lab.wait(for: "both in sync", within: .seconds(60)) {
                try admin.describeTopic(topic).inSync(0).count == 2
            }
            lab.see("both in sync")
            try lab.crashLeader(of: topic)
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .admin, "what one broker's disk has lost, the others still have",
            "Durability comes from replication, not from fsync: acks=all and min.insync.replicas (documentation, 4.7).",
            needs: [.crash, .replication, .diskLoss],
            shows: ["0=a 1=b 2=c"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let dead = try lab.crashLeader(of: topic, losing: .unflushedTail)
            try lab.cluster.restart(dead)
            try lab.deliver(["c"], to: topic, by: lab.producer())
            lab.see(try lab.contents(topic, count: 3).noted)
        },
    ]

    /// `a` is on both replicas, `b` on one only, which is down now; the other one is up.
    private static func onlyOneHasEverything(unclean: Bool, _ lab: Lab) throws -> (topic: String, last: Int) {
        // The third broker has no part in this: it keeps the majority of the controllers.
        let topic = try lab.topic(
            replicas: 2, minInsync: 1, ["unclean.leader.election.enable": "\(unclean)"])
        let producer = try lab.producer(["acks": "1"])
        try lab.deliver(["a"], to: topic, by: producer)
        try lab.pass(.seconds(2))
        let follower = try lab.crashFollower(of: topic)
        try lab.deliver(["b"], to: topic, by: producer)
        guard let last = try lab.cluster.leader(of: NamedPartition(topic, 0)) else { throw Lab.Waited("a leader") }
        try lab.cluster.crash(last, losing: .nothing)
        try lab.cluster.restart(follower)
        return (topic, last)
    }
}

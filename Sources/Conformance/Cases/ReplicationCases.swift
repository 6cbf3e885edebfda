import Kafka

/// What replication promises, with brokers that do not reach each other.
extension Suite {
    static let replicationCases: [ConformanceCase] = [
        ConformanceCase(
            .produce, "acks=all waits for the followers, acks=1 does not",
            "acks=all is answered when all in-sync replicas have the record (Producer Configs, acks).",
            needs: [.brokerNetwork],
            shows: ["1: offset 1", "all: nothing yet", "all: offset 2"]
        ) { lab in
            let topic = try written(["a"], lab)
            let strict = try lab.producer(["acks": "all"])
            let leader = try lab.isolateLeader(of: topic)
            lab.see("1: " + (try lab.deliver(["b"], to: topic, by: lab.producer(["acks": "1"])).noted))
            let tags = try lab.produce(["c"], to: topic, by: strict)
            try lab.pass(.seconds(2))
            lab.see("all: " + (strict.reports.isEmpty ? "nothing yet" : strict.reports.noted))
            try lab.cluster.setIsolated(leader, false)
            lab.see("all: " + (try lab.reports(of: tags, by: strict, within: .seconds(60)).noted))
        },
        ConformanceCase(
            .fetch, "what the followers do not have is not read",
            "Consumers read up to the high watermark (documentation, 4.7).",
            needs: [.brokerNetwork],
            shows: ["offset 1", "0=a", "0=a 1=b"]
        ) { lab in
            let topic = try written(["a"], lab)
            let reader = try lab.reader(topic)
            try lab.read(1, by: reader)
            let leader = try lab.isolateLeader(of: topic)
            lab.see(try lab.deliver(["b"], to: topic, by: lab.producer(["acks": "1"])).noted)
            lab.see(try lab.read(1, by: reader, quiet: .seconds(2)).noted)
            try lab.cluster.setIsolated(leader, false)
            lab.see(try lab.read(2, by: reader, within: .seconds(60)).noted)
        },
        ConformanceCase(
            .ordering, "what a deposed leader took by itself is not in the log afterwards",
            "A follower truncates to where its log agrees with the leader's (KIP-101, KIP-279).",
            needs: [.brokerNetwork, .crash],
            shows: ["taken by the deposed: offset 1", "taken by the next: offset 1", "0=a 1=y", "0=a 1=y"]
        ) { lab in
            let topic = try lab.topic(replicas: 2, minInsync: 1)
            let partition = NamedPartition(topic, 0)
            let producer = try lab.producer(["acks": "1"])
            try lab.deliver(["a"], to: topic, by: producer)
            try lab.pass(.seconds(2))
            let deposed = try lab.isolateLeader(of: topic)
            lab.see("taken by the deposed: " + (try lab.deliver(["x"], to: topic, by: producer).noted))
            try lab.wait(for: "a new leader", within: .seconds(60)) {
                guard let next = try lab.cluster.leader(of: partition) else { return false }
                return next != deposed
            }
            try lab.cluster.setIsolated(deposed, false)
            try lab.pass(.seconds(5))
            lab.see("taken by the next: " + (try lab.deliver(["y"], to: topic, by: lab.producer()).noted))
            lab.see(try lab.contents(topic, count: 2).noted)
            let admin = try lab.cluster.makeAdmin()
            try lab.wait(for: "both in sync", within: .seconds(90)) {
                try admin.describeTopic(topic).inSync(0).count == 2
            }
            try lab.crashLeader(of: topic)
            lab.see(try lab.contents(topic, count: 2).noted)
        },
        ConformanceCase(
            .admin, "a broker that restarts at once without its tail does not lead again before it has caught up",
            "A broker that was not shut down in an orderly way leaves the in-sync sets when it registers (KIP-966).",
            needs: [.crash, .diskLoss],
            shows: ["0=a 1=b 2=c", "offset 3"]
        ) { lab in
            let topic = try written(["a", "b", "c"], lab)
            guard let leader = try lab.cluster.leader(of: NamedPartition(topic, 0)) else { return }
            try lab.cluster.crash(leader, losing: .unflushedTail)
            try lab.cluster.restart(leader)
            try lab.pass(.seconds(15))
            lab.see(try lab.contents(topic, count: 3).noted)
            lab.see(try lab.deliver(["d"], to: topic, by: lab.producer()).noted)
        },
        ConformanceCase(
            .admin, "a replica is in sync when it has everything, not before",
            "A follower joins the in-sync set when it has reached the leader's high watermark (KIP-497).",
            needs: [.crash, .replication],
            shows: ["201 records"]
        ) { lab in
            let topic = try lab.topic(replicas: 2, minInsync: 1)
            let producer = try lab.producer()
            try lab.deliver(["a"], to: topic, by: producer)
            let follower = try lab.crashFollower(of: topic)
            // Much more than one fetch brings.
            let large = String(repeating: "x", count: 50_000)
            for _ in 0..<200 { try lab.deliver([large], to: topic, by: producer) }
            try lab.cluster.restart(follower)
            let admin = try lab.cluster.makeAdmin()
            try lab.wait(for: "the follower to be in sync", within: .seconds(60)) {
                try admin.describeTopic(topic).inSync(0).contains(follower)
            }
            // At that very moment.
            try lab.crashLeader(of: topic)
            let (_, high) = try lab.consumer().watermarks(NamedPartition(topic, 0))
            lab.see("\(high) records")
        },
        ConformanceCase(
            .offsets, "a commit that was answered holds, even if the coordinator is cut off from its replicas",
            "OffsetCommit is answered when the in-sync replicas of the group's log have it (documentation, 4.5).",
            needs: [.brokerNetwork],
            shows: ["what was answered holds"]
        ) { lab in
            let topic = try lab.topic()
            let group = lab.cluster.uniqueName("group")
            let consumer = try lab.consumer(group: group)
            let partition = NamedPartition(topic, 0)
            try consumer.commit([(partition, 1)])
            guard let coordinator = try lab.cluster.coordinator(ofGroup: group) else { return }
            try lab.cluster.setIsolated(coordinator, true)
            let outcome = try lab.outcome { try consumer.commit([(partition, 5)]) }
            try lab.wait(for: "another coordinator", within: .seconds(60)) {
                try lab.cluster.coordinator(ofGroup: group).map { $0 != coordinator } ?? false
            }
            try lab.cluster.setIsolated(coordinator, false)
            try lab.pass(.seconds(5))
            let held = try committed(by: lab.consumer(group: group), topic, 1)
            let isKept = held == "5" || (held == "1" && outcome != "fine")
            lab.see(isKept ? "what was answered holds" : "answered \(outcome), committed \(held)")
        },
    ]
}

import Kafka

extension Suite {
    static let groupLifeCases: [ConformanceCase] = [
        ConformanceCase(
            .groups, "a member that does not poll leaves its group",
            "Beyond max.poll.interval.ms librdkafka leaves the group and says ERR__MAX_POLL_EXCEEDED (-147).",
            shows: ["the other holds 0 1", "maxPollExceeded"]
        ) { lab in
            let topic = try lab.topic(2)
            let group = lab.cluster.uniqueName("group")
            let properties = ["max.poll.interval.ms": "7000"]
            let stuck = try lab.member(of: group, topics: [topic], properties)
            let other = try lab.member(of: group, topics: [topic], properties)
            try lab.waitForShares([(stuck, 1), (other, 1)])
            stuck.isPolling = false
            try lab.waitForShares([(other, 2)])
            lab.see("the other holds \(try other.assignment().numbers)")
            stuck.isPolling = true
            try lab.wait(for: "the error") { !stuck.failures.isEmpty }
            lab.see("\(stuck.failures[0])")
        },
        ConformanceCase(
            .groups, "a member that polls again is let in again",
            "After ERR__MAX_POLL_EXCEEDED the next poll makes librdkafka join again (CONFIGURATION.md).",
            shows: ["one each"]
        ) { lab in
            let topic = try lab.topic(2)
            let group = lab.cluster.uniqueName("group")
            let properties = ["max.poll.interval.ms": "7000"]
            let stuck = try lab.member(of: group, topics: [topic], properties)
            let other = try lab.member(of: group, topics: [topic], properties)
            try lab.waitForShares([(stuck, 1), (other, 1)])
            stuck.isPolling = false
            try lab.waitForShares([(other, 2)])
            stuck.isPolling = true
            try lab.waitForShares([(stuck, 1), (other, 1)])
            lab.see("one each")
        },
        ConformanceCase(
            .groups, "a static member that comes back in time gets its partitions, and nobody rebalances",
            "group.instance.id: a known instance takes its place without a rebalance (KIP-345).",
            shows: ["the same partitions", "the other: no rebalance"],
            differs: [
                .mock: Difference(
                    shows: ["the same partitions", "the other: a rebalance"],
                    because: "the mock lets everybody join again when a static member comes back")
            ]
        ) { lab in
            let topic = try lab.topic(4)
            let group = lab.cluster.uniqueName("group")
            func start(_ instance: String) throws -> any TestConsumer {
                try lab.member(
                    of: group, topics: [topic], ["group.instance.id": instance, "session.timeout.ms": "20000"])
            }
            let (first, second) = (try start("one"), try start("two"))
            try lab.waitForShares([(first, 2), (second, 2)])
            let held = try second.assignment()
            let known = first.rebalances.count
            second.close()
            try lab.pass(.seconds(2))
            let again = try start("two")
            try lab.waitForShares([(again, 2), (first, 2)])
            try lab.pass(.seconds(2))
            lab.see(try again.assignment() == held ? "the same partitions" : "other partitions")
            lab.see("the other: " + (first.rebalances.count == known ? "no rebalance" : "a rebalance"))
        },
        ConformanceCase(
            .groups, "a static member that stays away is put out after its session timeout",
            "Static members do not leave when they close; the session timeout decides (KIP-345).",
            shows: ["later than 4 s", "0 1"]
        ) { lab in
            let topic = try lab.topic(2)
            let group = lab.cluster.uniqueName("group")
            let members = try ["one", "two"].map {
                try lab.member(of: group, topics: [topic], ["group.instance.id": $0])
            }
            try lab.waitForShares([(members[0], 1), (members[1], 1)])
            members[1].close()
            let begin = lab.cluster.elapsed
            try lab.waitForShares([(members[0], 2)])
            lab.see(lab.cluster.elapsed - begin > .seconds(4) ? "later than 4 s" : "at once")
            lab.see(try members[0].assignment().numbers)
        },
        ConformanceCase(
            .groups, "two members of the same instance id: the newcomer fences the older one",
            "FENCED_INSTANCE_ID (82) is fatal for the older instance (KIP-345).",
            shows: ["fencedInstanceID", "the newcomer holds 0"],
            differs: [
                .mock: Difference(
                    shows: ["no error", "the newcomer holds none"],
                    because: "the mock takes both for one member: the older instance goes on, the newcomer gets nothing"
                )
            ]
        ) { lab in
            let topic = try lab.topic()
            let group = lab.cluster.uniqueName("group")
            let old = try lab.member(of: group, topics: [topic], ["group.instance.id": "one"])
            try lab.waitForShares([(old, 1)])
            let new = try lab.member(of: group, topics: [topic], ["group.instance.id": "one"])
            _ = try lab.cluster.wait(within: .seconds(15)) { !old.failures.isEmpty }
            lab.see(old.failures.first.map { "\($0)" } ?? "no error")
            _ = try lab.cluster.wait(within: .seconds(15)) { try new.assignment().count == 1 }
            lab.see("the newcomer holds \(try new.assignment().numbers)")
        },
        ConformanceCase(
            .groups, "a group survives the death of its coordinator",
            "The next leader of the group's partition of __consumer_offsets reads the group from it (documentation, 4.5).",
            needs: [.crash],
            shows: ["commit: fine", "2", "2 records more"]
        ) { lab in
            let topic = try written(["a", "b"], lab)
            let group = lab.cluster.uniqueName("group")
            // Longer than it takes the controller to notice that a broker is gone.
            let member = try lab.member(of: group, topics: [topic], ["session.timeout.ms": "45000"])
            try lab.read(2, by: member)
            try lab.crashCoordinator(ofGroup: group)
            try lab.deliver(["c", "d"], to: topic, by: lab.producer())
            try lab.read(4, by: member, within: .seconds(60))
            lab.see("commit: " + (try lab.outcome { try member.commit([(NamedPartition(topic, 0), 2)]) }))
            lab.see(try committed(by: member, topic, 1))
            lab.see("\(member.records.count - 2) records more")
        },
        ConformanceCase(
            .groups, "members join while the coordinator is being replaced",
            "Clients look for the coordinator again on NOT_COORDINATOR and lost connections.",
            needs: [.crash],
            shows: ["0 | 1"]
        ) { lab in
            let topic = try lab.topic(2)
            let group = lab.cluster.uniqueName("group")
            let first = try lab.member(of: group, topics: [topic])
            try lab.waitForShares([(first, 2)])
            try lab.crashCoordinator(ofGroup: group)
            let second = try lab.member(of: group, topics: [topic])
            try lab.waitForShares([(first, 1), (second, 1)], within: .seconds(90))
            lab.see(
                [try first.assignment().numbers, try second.assignment().numbers].sorted().joined(separator: " | "))
        },
        ConformanceCase(
            .groups, "new partitions are noticed and assigned",
            "A change of the metadata makes members join again (topic.metadata.refresh.interval.ms).",
            needs: [.adminRequests],
            shows: ["0 1", "0 1 2 3"]
        ) { lab in
            let topic = try lab.topic(2)
            let member = try lab.member(
                of: lab.cluster.uniqueName("group"), topics: [topic], ["topic.metadata.refresh.interval.ms": "2000"])
            try lab.waitForShares([(member, 2)])
            lab.see(try member.assignment().numbers)
            try lab.cluster.makeAdmin().createPartitions(topic, total: 4)
            try lab.waitForShares([(member, 4)])
            lab.see(try member.assignment().numbers)
        },
        ConformanceCase(
            .groups, "a topic that comes later is assigned when it is there",
            "A subscription names topics that need not exist yet.",
            needs: [.adminRequests],
            shows: ["none", "0 1"]
        ) { lab in
            let name = lab.cluster.uniqueName("later")
            let member = try lab.member(
                of: lab.cluster.uniqueName("group"), topics: [name], ["topic.metadata.refresh.interval.ms": "2000"])
            try lab.pass(.seconds(5))
            lab.see(try member.assignment().numbers)
            try lab.cluster.makeAdmin().createTopic(name, TopicWish(partitions: 2))
            try lab.waitForShares([(member, 2)])
            lab.see(try member.assignment().numbers)
        },
        ConformanceCase(
            .groups, "members that have no assignor in common are refused",
            "JoinGroup answers INCONSISTENT_GROUP_PROTOCOL (23) to a member whose protocols the group does not support.",
            notOn: [.mock: "an assertion of the mock (rdkafka_mock_cgrp.c) ends its process"],
            shows: ["inconsistentGroupProtocol", "the first keeps 0 1"]
        ) { lab in
            let topic = try lab.topic(2)
            let group = lab.cluster.uniqueName("group")
            let first = try lab.member(of: group, topics: [topic], ["partition.assignment.strategy": "range"])
            try lab.waitForShares([(first, 2)])
            let second = try lab.member(of: group, topics: [topic], ["partition.assignment.strategy": "roundrobin"])
            try lab.wait(for: "a refusal") { !second.failures.isEmpty }
            lab.see("\(second.failures[0])")
            lab.see("the first keeps \(try first.assignment().numbers)")
        },
    ]
}

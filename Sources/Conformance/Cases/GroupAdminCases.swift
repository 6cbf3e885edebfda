import Kafka

extension Suite {
    static let groupAdminCases: [ConformanceCase] = [
        ConformanceCase(
            .admin, "a group with members is stable, and shows who holds how much",
            "DescribeGroups: state and assignments (protocol guide).",
            needs: [.groupRequests],
            shows: ["Stable: 1 2"]
        ) { lab in
            let topic = try lab.topic(3)
            let group = lab.cluster.uniqueName("group")
            let members = [try lab.member(of: group, topics: [topic]), try lab.member(of: group, topics: [topic])]
            try lab.wait(for: "shares", within: .seconds(60)) {
                try members.map { try $0.assignment().count }.sorted() == [1, 2]
            }
            lab.see(try lab.cluster.makeAdmin().describeGroup(group).noted)
        },
        ConformanceCase(
            .admin, "a group that everybody has left is empty",
            "A group without members keeps its offsets and is *Empty* (KIP-211).",
            needs: [.groupRequests],
            shows: ["Empty", "4"]
        ) { lab in
            let topic = try lab.topic()
            let group = lab.cluster.uniqueName("group")
            let member = try lab.member(of: group, topics: [topic])
            try lab.waitForShares([(member, 1)])
            try member.commit([(NamedPartition(topic, 0), 4)])
            member.close()
            try lab.pass(.seconds(2))
            lab.see(try lab.cluster.makeAdmin().describeGroup(group).noted)
            lab.see(try committed(by: lab.consumer(group: group), topic, 1))
        },
        ConformanceCase(
            .admin, "a group that nobody knows is dead",
            "DescribeGroups answers *Dead* for a group that does not exist (GroupCoordinator).",
            needs: [.groupRequests],
            shows: ["Dead"]
        ) { lab in
            lab.see(try lab.cluster.makeAdmin().describeGroup(lab.cluster.uniqueName("nobody")).noted)
        },
        ConformanceCase(
            .admin, "a rebalance that waits for a member can be seen",
            "*PreparingRebalance* until every member has joined again (protocol guide, JoinGroup).",
            needs: [.groupRequests],
            shows: ["PreparingRebalance", "Stable: 1 1"]
        ) { lab in
            let (first, second, topic) = try deferredRevocation(lab)
            let admin = try lab.cluster.makeAdmin()
            lab.see(try admin.describeGroup(topic.group).state)
            try first.completeRevocation()
            try lab.waitForShares([(first, 1), (second, 1)])
            lab.see(try admin.describeGroup(topic.group).noted)
        },
        ConformanceCase(
            .admin, "groups are listed, with members or with offsets only",
            "ListGroups (protocol guide).",
            needs: [.groupRequests],
            shows: ["members: listed", "offsets: listed"]
        ) { lab in
            let topic = try lab.topic()
            let groups = [lab.cluster.uniqueName("group"), lab.cluster.uniqueName("group")]
            let member = try lab.member(of: groups[0], topics: [topic])
            try lab.waitForShares([(member, 1)])
            try lab.consumer(group: groups[1]).commit([(NamedPartition(topic, 0), 1)])
            let listed = try lab.cluster.makeAdmin().listGroups()
            lab.see("members: " + (listed.contains(groups[0]) ? "listed" : "not listed"))
            lab.see("offsets: " + (listed.contains(groups[1]) ? "listed" : "not listed"))
        },
    ]
}

extension GroupState {
    /// `Stable: 1 2`
    var noted: String { shares.isEmpty ? state : "\(state): " + shares.map { "\($0)" }.joined(separator: " ") }
}

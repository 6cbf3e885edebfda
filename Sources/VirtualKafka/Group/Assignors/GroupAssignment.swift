import Kafka

/// What a member says when it joins: Kafka's `ConsumerProtocolSubscription`.
struct Subscription: Equatable, Sendable {
    var topics: [TopicID]
    /// What the member holds on to while the group rebalances (KIP-429): numbers of partitions, ascending.
    var owned: [Int32] = []
    /// The generation in which it was given them (KIP-792), -1 for none.
    var generation: Int32 = -1
}

/// The distribution of a group's partitions, as its leader works it out: who is there, what there is, who gets what.
struct GroupAssignment: Sendable {
    /// In the order in which assignors treat them.
    let members: [JoinedMember]
    /// The topics that somebody subscribes to, in order of their names, and their partitions' numbers.
    let topics: [(topic: TopicID, partitions: [Int32])]
    /// By member.
    var partitions: [[Int32]]

    /// Members come in order of their instances' names, those without one after them in order of their ids
    /// (`AbstractPartitionAssignor.MemberInfo`); partitions as far as the leader's metadata knows them.
    init(_ members: [JoinedMember], _ topology: Topology, _ image: MetadataImage, instanceNames: [String]) {
        self.members = members.sorted { left, right in
            switch (left.instance == .none, right.instance == .none) {
            case (false, false): instanceNames[left.instance.index] < instanceNames[right.instance.index]
            case (true, true): left.member.rawValue < right.member.rawValue
            case (let isLeftDynamic, _): !isLeftDynamic
            }
        }
        topics = topology.topics.all
            .filter { topic in members.contains { $0.subscription.topics.contains(topic) } }
            .sorted { topology.topics.name(of: $0) < topology.topics.name(of: $1) }
            .map { ($0, Array(topology.numbers[Int($0.rawValue)].prefix { Int($0) < image.partitions.count })) }
        partitions = Array(repeating: [], count: members.count)
    }

    /// For tests: members in their order, topics with their partitions.
    init(members: [JoinedMember], topics: [(topic: TopicID, partitions: [Int32])]) {
        self.members = members
        self.topics = topics
        partitions = Array(repeating: [], count: members.count)
    }

    func subscribes(_ member: Int, to topic: TopicID) -> Bool { members[member].subscription.topics.contains(topic) }

    mutating func distribute(by strategy: AssignmentStrategy) {
        switch strategy {
        case .range: RangeAssignor.distribute(&self)
        case .roundRobin: RoundRobinAssignor.distribute(&self)
        case .cooperativeSticky: CooperativeStickyAssignor.distribute(&self)
        }
    }

    /// As the leader sends it.
    var result: [MemberAssignment] {
        members.indices.map { MemberAssignment(member: members[$0].member, partitions: partitions[$0]) }
    }
}

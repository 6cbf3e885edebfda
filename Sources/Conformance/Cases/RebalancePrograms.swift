import Kafka

/// Longer programs of the area *rebalance*.
extension Suite {
    /// A member that has everything, then a second one that takes half of it.
    static func growingGroup(
        _ properties: [String: String], partitions: Int = 4, _ lab: Lab
    ) throws -> (members: [any TestConsumer], topic: (name: String, group: String)) {
        let topic = try lab.topic(partitions)
        let group = lab.cluster.uniqueName("group")
        let first = try lab.member(of: group, topics: [topic], properties)
        try lab.waitForShares([(first, partitions)])
        let second = try lab.member(of: group, topics: [topic], properties)
        try lab.waitForShares([(first, partitions / 2), (second, partitions / 2)])
        return ([first, second], (topic, group))
    }

    /// A member of an eager group with two partitions of four records each, which it has read and is asked to give up
    /// because of a second member.
    static func deferredRevocation(
        _ lab: Lab
    ) throws -> (first: any TestConsumer, second: any TestConsumer, topic: (name: String, group: String)) {
        let topic = try lab.topic(2)
        let producer = try lab.producer()
        for partition in 0..<2 as Range<Int32> {
            try lab.deliver(["a", "b", "c", "d"], to: topic, partition, by: producer)
        }
        let group = lab.cluster.uniqueName("group")
        let properties = ["partition.assignment.strategy": "range"]
        let first = try lab.member(of: group, topics: [topic], properties, defersRevocation: true)
        try lab.read(8, by: first)
        let second = try lab.member(of: group, topics: [topic], properties)
        try lab.wait(for: "the first to be asked") { first.rebalances.count >= 2 }
        return (first, second, (topic, group))
    }

    static func list(_ records: [ReadRecord]) -> String { records.values }

    /// How often two of several members that come and go held the same partition.
    static func overlaps(_ properties: [String: String], _ lab: Lab) throws -> Int {
        let topic = try lab.topic(6)
        let group = lab.cluster.uniqueName("group")
        var members: [any TestConsumer] = []
        var overlaps = 0
        func watch(_ duration: Duration) throws {
            _ = try lab.cluster.wait(within: duration) {
                let held = try members.flatMap { try $0.assignment() }
                if Set(held).count < held.count { overlaps += 1 }
                return false
            }
        }
        for _ in 0..<3 {
            members.append(try lab.member(of: group, topics: [topic], properties))
            try watch(.seconds(5))
        }
        members.removeFirst().close()
        try watch(.seconds(6))
        return overlaps
    }

    /// Writes while members join that commit what they have read when they give partitions up; returns what they read.
    static func handledWithCommits(_ lab: Lab) throws -> [String] {
        let topic = try lab.topic(4)
        let group = lab.cluster.uniqueName("group")
        let producer = try lab.producer(["enable.idempotence": "true"])
        var members: [any TestConsumer] = []
        var answered: [Int] = []
        var written = 0
        /// Answers whoever has been asked to give up, after a commit.
        func serve(_ duration: Duration) throws {
            _ = try lab.cluster.wait(within: duration) {
                for (index, member) in members.enumerated() where member.rebalances.count > answered[index] {
                    answered[index] = member.rebalances.count
                    guard case .revoked(_, _, false) = member.rebalances.last else { continue }
                    _ = try lab.outcome { try member.commit(next(of: member)) }
                    try member.completeRevocation()
                }
                return false
            }
        }
        func write(_ count: Int) throws {
            for _ in 0..<count {
                try lab.produce(["\(written)"], to: topic, Int32(written % 4), by: producer)
                written += 1
                try serve(.milliseconds(20))
            }
        }
        for _ in 0..<2 {
            members.append(
                try lab.member(
                    of: group, topics: [topic], ["partition.assignment.strategy": "range"], defersRevocation: true))
            answered.append(0)
            try serve(.seconds(6))
            try write(60)
        }
        try serve(.seconds(5))
        return members.flatMap { $0.records.map(\.value) }
    }

    /// The next offsets of the partitions that a member has read from.
    private static func next(of member: any TestConsumer) -> [(NamedPartition, Int64)] {
        var next: [NamedPartition: Int64] = [:]
        for record in member.records { next[record.partition] = record.offset + 1 }
        return next.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

import Kafka

/// Kafka's `RangeAssignor`: each topic on its own, its partitions in ranges over the members that subscribe to it, in
/// order of their ids; the first ones get one more when it does not come out even.
enum RangeAssignor {
    static func assign(_ members: [JoinedMember], _ topology: Topology, _ image: MetadataImage) -> [MemberAssignment] {
        let members = members.sorted { $0.member.rawValue < $1.member.rawValue }
        var assignments = members.map { MemberAssignment(member: $0.member, partitions: []) }
        for topic in topology.topics.all {
            let subscribers = members.indices.filter { members[$0].topics.contains(topic) }
            guard !subscribers.isEmpty else { continue }
            let count = topology.partitionCount(of: topic, in: image)
            var next: Int32 = 0
            for (rank, subscriber) in subscribers.enumerated() {
                let share = count / subscribers.count + (rank < count % subscribers.count ? 1 : 0)
                for _ in 0..<share {
                    let partition = topology.index(of: TopicPartition(topic, next))
                    assignments[subscriber].partitions.append(Int32(partition))
                    next += 1
                }
            }
        }
        return assignments
    }
}

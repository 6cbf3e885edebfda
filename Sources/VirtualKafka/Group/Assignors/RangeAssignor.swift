import Kafka

/// Kafka's `RangeAssignor`: each topic on its own, its partitions in ranges over the members that subscribe to it; the
/// first ones get one more when it does not come out even.
enum RangeAssignor {
    static func distribute(_ assignment: inout GroupAssignment) {
        for (topic, partitions) in assignment.topics {
            let subscribers = assignment.members.indices.filter { assignment.subscribes($0, to: topic) }
            var next = 0
            for (rank, subscriber) in subscribers.enumerated() {
                let share = partitions.count / subscribers.count + (rank < partitions.count % subscribers.count ? 1 : 0)
                assignment.partitions[subscriber] += partitions[next..<next + share]
                next += share
            }
        }
    }
}

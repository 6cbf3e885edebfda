import Kafka

/// Kafka's `RoundRobinAssignor`: all partitions of all topics are dealt out one by one; who does not subscribe to a
/// topic is passed over.
enum RoundRobinAssignor {
    static func distribute(_ assignment: inout GroupAssignment) {
        var next = 0
        for (topic, partitions) in assignment.topics {
            for partition in partitions {
                // Somebody subscribes, or the topic would not be there.
                while !assignment.subscribes(next, to: topic) { next = (next + 1) % assignment.members.count }
                assignment.partitions[next].append(partition)
                next = (next + 1) % assignment.members.count
            }
        }
    }
}

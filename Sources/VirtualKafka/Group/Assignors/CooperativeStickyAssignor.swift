import Kafka

/// Kafka's `CooperativeStickyAssignor` (KIP-429): the balanced assignment that moves the fewest partitions. What is to
/// move from one member to another is given to nobody in this generation: its owner gives it up, joins again, and the
/// next generation hands it on.
enum CooperativeStickyAssignor {
    static func distribute(_ assignment: inout GroupAssignment) {
        let first = assignment.members.first?.subscription.topics.sorted() ?? []
        if assignment.members.allSatisfy({ $0.subscription.topics.sorted() == first }) {
            ConstrainedStickyAssignor.distribute(&assignment)
        } else {
            var balancing = StickyBalancing(assignment)
            balancing.run()
            assignment.partitions = balancing.partitions
        }
        holdBack(&assignment)
        for member in assignment.members.indices { assignment.partitions[member].sort() }
    }

    /// What is owned by one member and meant for another.
    private static func holdBack(_ assignment: inout GroupAssignment) {
        let owned = assignment.members.map { $0.subscription.owned }
        for member in assignment.members.indices {
            assignment.partitions[member].removeAll { partition in
                !owned[member].contains(partition) && owned.contains { $0.contains(partition) }
            }
        }
    }

    /// What each member may keep: what it was given in the latest generation that anybody remembers, of topics that it
    /// still subscribes to. Who was away during that generation has lost what it had before (KIP-792). What two claim,
    /// neither keeps.
    static func rightfullyOwned(in assignment: GroupAssignment) -> [[Int32]] {
        let latest = assignment.members.map(\.subscription.generation).max() ?? -1
        var claims: [[Int32]] = []
        for member in assignment.members.indices {
            let subscription = assignment.members[member].subscription
            let wanted = assignment.topics.filter { assignment.subscribes(member, to: $0.topic) }
            claims.append(
                subscription.generation < latest
                    ? [] : subscription.owned.filter { owned in wanted.contains { $0.partitions.contains(owned) } })
        }
        return claims.indices.map { member in
            claims[member].filter { partition in
                !claims.indices.contains { $0 != member && claims[$0].contains(partition) }
            }
        }
    }
}

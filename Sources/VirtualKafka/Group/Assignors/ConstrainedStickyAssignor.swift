/// Everybody subscribes to the same topics (`AbstractStickyAssignor.ConstrainedAssignmentBuilder`): each member gets the
/// smallest share, some one partition more, and keeps as much as possible of what it has.
enum ConstrainedStickyAssignor {
    static func distribute(_ assignment: inout GroupAssignment) {
        let all = assignment.topics.flatMap(\.partitions)
        let count = assignment.members.count
        var quotas = Quotas(smallest: all.count / count, largerShares: all.count % count)
        let owned = CooperativeStickyAssignor.rightfullyOwned(in: assignment)
        for member in assignment.members.indices {
            assignment.partitions[member] = Array(owned[member].prefix(quotas.keep(owned[member].count)))
        }
        let kept = assignment.partitions.joined().sorted()
        var rest = all.filter { !kept.contains($0) }[...]
        // Below the smallest share first, in turns.
        while true {
            let poor = assignment.members.indices.filter { assignment.partitions[$0].count < quotas.smallest }
            guard !poor.isEmpty else { break }
            for member in poor {
                guard let next = rest.popFirst() else { break }
                assignment.partitions[member].append(next)
            }
        }
        // Then one more for those who have just the smallest: who had that much already comes first.
        let candidates = assignment.members.indices.filter { assignment.partitions[$0].count == quotas.smallest }
        let wereFull = candidates.filter { owned[$0].count >= quotas.smallest }
        let wereFilled = candidates.filter { owned[$0].count < quotas.smallest }
        for (member, partition) in zip(wereFull + wereFilled, rest) { assignment.partitions[member].append(partition) }
    }

    private struct Quotas {
        let smallest: Int
        /// How many members get one more.
        var largerShares: Int

        /// How many a member keeps of those that it owns.
        mutating func keep(_ owned: Int) -> Int {
            guard owned > smallest, largerShares > 0 else { return min(owned, smallest) }
            largerShares -= 1
            return smallest + 1
        }
    }
}

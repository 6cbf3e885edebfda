import Kafka

/// Members subscribe to different topics (`AbstractStickyAssignor.GeneralAssignmentBuilder`): everybody keeps what it
/// has, what is free goes to whoever has least, and then partitions move one by one as long as that makes the shares
/// more even.
struct StickyBalancing {
    private let assignment: GroupAssignment
    /// Partitions by position: those with the fewest possible readers first.
    private let numbers: [Int32]
    /// By position: who subscribes.
    private let readers: [[Int]]
    /// By position: of which topic, as an index.
    private let topics: [Int]
    /// By position: who has it.
    private var owners: [Int?]
    /// By position: who had it in an earlier generation than its present owner.
    private var formerOwners: [Int?]
    private var counts: [Int]
    /// By position: from whom to whom it has moved.
    private var moves: [(from: Int, to: Int)?]

    init(_ assignment: GroupAssignment) {
        self.assignment = assignment
        let subscribers = assignment.topics.map { topic, _ in
            assignment.members.indices.filter { assignment.subscribes($0, to: topic) }
        }
        let order = assignment.topics.indices.sorted { (subscribers[$0].count, $0) < (subscribers[$1].count, $1) }
        numbers = order.flatMap { assignment.topics[$0].partitions }
        topics = order.flatMap { topic in assignment.topics[topic].partitions.map { _ in topic } }
        readers = topics.map { subscribers[$0] }
        owners = Array(repeating: nil, count: numbers.count)
        formerOwners = Array(repeating: nil, count: numbers.count)
        moves = Array(repeating: nil, count: numbers.count)
        counts = Array(repeating: 0, count: assignment.members.count)
        keepOwned()
    }

    private mutating func keepOwned() {
        let owned = CooperativeStickyAssignor.rightfullyOwned(in: assignment)
        for position in numbers.indices {
            owners[position] = owned.firstIndex { $0.contains(numbers[position]) }
            if let owner = owners[position] { counts[owner] += 1 }
            let latest = assignment.members.map(\.subscription.generation).max() ?? -1
            formerOwners[position] = readers[position].first {
                let subscription = assignment.members[$0].subscription
                return subscription.generation < latest && subscription.owned.contains(numbers[position])
            }
        }
    }

    /// By member.
    var partitions: [[Int32]] {
        counts.indices.map { member in numbers.indices.filter { owners[$0] == member }.map { numbers[$0] } }
    }

    mutating func run() {
        let isFresh = owners.allSatisfy { $0 == nil }
        let free = numbers.indices.filter { owners[$0] == nil }
        for position in free {
            owners[position] = poorest(of: readers[position])
            if let owner = owners[position] { counts[owner] += 1 }
        }
        let before = (owners: owners, counts: counts)
        move(free)
        move(Array(numbers.indices))
        // Moving what was kept must have been worth it.
        if !isFresh, Self.imbalance(counts) >= Self.imbalance(before.counts) {
            owners = before.owners
            counts = before.counts
        }
    }

    private func poorest(of members: [Int]) -> Int? { members.min { (counts[$0], $0) < (counts[$1], $1) } }

    /// The sum of all differences between two members' shares.
    private static func imbalance(_ counts: [Int]) -> Int {
        var sum = 0
        for left in counts.indices {
            for right in counts.indices.dropFirst(left + 1) { sum += abs(counts[left] - counts[right]) }
        }
        return sum
    }

    /// Moves partitions to those who have at least two less, until nothing changes.
    private mutating func move(_ positions: [Int]) {
        var isModified = true
        while isModified, !isBalanced {
            isModified = false
            for position in positions where readers[position].count > 1 {
                guard !isBalanced, let owner = owners[position] else { continue }
                if let former = formerOwners[position], counts[owner] > counts[former] + 1 {
                    reassign(position, to: former)
                    isModified = true
                } else if let poorest = poorest(of: readers[position]), counts[owner] > counts[poorest] + 1 {
                    reassign(position, to: poorest)
                    isModified = true
                }
            }
        }
    }

    /// Nobody could have more without taking from somebody who has no more than himself.
    private var isBalanced: Bool {
        guard let most = counts.max(), let least = counts.min(), most > least + 1 else { return true }
        return !numbers.indices.contains { position in
            guard let owner = owners[position] else { return false }
            return readers[position].contains { counts[$0] + 1 < counts[owner] }
        }
    }

    /// Gives up a partition to another member; rather than one that begins a ping-pong, one of the same topic that came
    /// the opposite way before (`PartitionMovements`).
    private mutating func reassign(_ position: Int, to member: Int) {
        guard let owner = owners[position] else { return }
        let origin = moves[position]?.from ?? owner
        let returning = numbers.indices.first {
            topics[$0] == topics[position] && owners[$0] == owner && moves[$0]?.from == member
                && moves[$0]?.to == origin
        }
        let moved = returning ?? position
        let source = moves[moved]?.from ?? owner
        moves[moved] = source == member ? nil : (source, member)
        counts[owner] -= 1
        counts[member] += 1
        owners[moved] = member
    }
}

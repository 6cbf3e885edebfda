import Kafka
import Simulation

/// A member of a consumer group, as its coordinator knows it.
struct GroupMember: Sendable {
    var id: MemberID
    /// `none` for a dynamic member.
    var instance = InstanceID.none
    var client: ClientID
    var sessionTimeout: Duration
    var rebalanceTimeout: Duration
    /// In order of preference.
    var strategies: [AssignmentStrategy]
    var subscription: Subscription
    /// Numbers of partitions.
    var assignment: [Int32] = []
    /// Without a heartbeat until then, it is put out.
    var expiry: Instant
    /// Its JoinGroup or SyncGroup that waits for the others.
    var joining: Origin?
    var syncing: Origin?
}

/// A consumer group at its coordinator (protocol of KIP-62; states as in Kafka's `GroupMetadata`).
struct Group: Sendable {
    enum Phase: Sendable {
        case empty
        /// Members are being asked to join again.
        case preparingRebalance
        /// Everybody has joined; the leader is to send the assignment.
        case completingRebalance
        case stable
    }

    var phase = Phase.empty
    var generation: Int32 = 0
    /// Chosen for the present generation.
    var strategy: AssignmentStrategy?
    var leader = MemberID.none
    var members: [GroupMember] = []
    /// Given an id, not yet joined with it (KIP-394).
    var pending: [(member: MemberID, expiry: Instant)] = []
    /// Until when members may join; then those who have not are out.
    var rebalanceDeadline = Instant.zero
    /// A new group waits until then for more members, at most until the deadline.
    var earliestCompletion = Instant.zero
    /// By partition number: the committed offset, -1 without one.
    var offsets: ContiguousArray<Int64> = []
    /// The assignment is on its way into the log.
    var isStoringAssignment = false
    /// Where in the group's log it is, or was stored last.
    var assignmentPosition: Int64 = -1
    var alarm = Alarm()

    func index(of member: MemberID) -> Int? { members.firstIndex { $0.id == member } }

    func index(of instance: InstanceID) -> Int? { members.firstIndex { $0.instance == instance } }

    var snapshot: GroupSnapshot {
        GroupSnapshot(generation: generation, strategy: strategy, leader: leader, members: members)
    }

    /// Whether a member with these strategies can be one of the group: all have at least one in common.
    func supports(_ strategies: [AssignmentStrategy]) -> Bool {
        guard phase != .empty else { return !strategies.isEmpty }
        return strategies.contains { strategy in members.allSatisfy { $0.strategies.contains(strategy) } }
    }

    /// Everybody votes for the first that it likes of those that all support (`GroupMetadata.selectProtocol`).
    func selectStrategy() -> AssignmentStrategy? {
        let candidates = AssignmentStrategy.allCases.filter { strategy in
            members.allSatisfy { $0.strategies.contains(strategy) }
        }
        let votes = members.compactMap { member in member.strategies.first { candidates.contains($0) } }
        func count(_ strategy: AssignmentStrategy) -> Int { votes.count { $0 == strategy } }
        return candidates.max { count($0) < count($1) }
    }

    mutating func setOffset(_ offset: Int64, of partition: Int32, partitionCount: Int) {
        while offsets.count < partitionCount { offsets.append(-1) }
        offsets[Int(partition)] = offset
    }

    /// Members have until then to join.
    mutating func extendRebalance(_ now: Instant) {
        rebalanceDeadline = now + (members.map(\.rebalanceTimeout).max() ?? .zero)
    }

    func offset(of partition: Int32) -> Int64 { Int(partition) < offsets.count ? offsets[Int(partition)] : -1 }

    /// When the coordinator has to look at the group next, if nothing happens.
    var nextDeadline: Instant? {
        var next: Instant?
        func consider(_ moment: Instant) { next = next.map { min($0, moment) } ?? moment }
        for member in members where !isWaiting(member) { consider(member.expiry) }
        for entry in pending { consider(entry.expiry) }
        if phase == .preparingRebalance {
            consider(rebalanceDeadline)
            if hasEverybodyJoined { consider(earliestCompletion) }
        }
        return next
    }

    /// Who waits for an answer cannot be expected to send heartbeats.
    func isWaiting(_ member: GroupMember) -> Bool { member.joining != nil || member.syncing != nil }

    var hasEverybodyJoined: Bool { pending.isEmpty && members.allSatisfy { $0.joining != nil } }
}

/// The groups of a broker: of those partitions of `__consumer_offsets` that it leads.
struct GroupCoordinator: Sendable {
    enum State: Sendable {
        case inactive
        case loading
        case active
    }

    /// The first partition of `__consumer_offsets`.
    let firstPartition: Int
    var states: [State]
    /// By group number.
    var groups: ContiguousArray<Group> = []

    init(partitions: Range<Int>) {
        firstPartition = partitions.lowerBound
        states = Array(repeating: .inactive, count: partitions.count)
    }
}

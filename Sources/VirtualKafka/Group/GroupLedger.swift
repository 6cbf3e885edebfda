import Kafka

/// What coordinators have promised to groups, as nobody in the cluster knows it: for invariants only. It remembers what
/// was acknowledged, so that it does not matter which coordinator said it, and which one knows it now.
struct GroupLedger: Sendable {
    /// A commit that its group can count on.
    struct Entry: Sendable {
        var offset: Int64
        /// Where it is in the log of the group.
        var position: Int64
        /// Which leader of that log took it.
        var epoch: Int32
        var member: MemberID
        var generation: Int32
    }

    struct Record: Sendable {
        /// The last one whose assignment was handed out.
        var generation: Int32 = -1
        /// Where in the log of the group that assignment is.
        var began: Int64 = -1
        /// By partition number.
        var entries: ContiguousArray<Entry?> = []
    }

    enum Violation: Hashable, Sendable {
        /// A commit was taken from a generation that is over.
        case lateCommit(GroupID, generation: Int32, current: Int32)
        /// The committed offset went back within a generation, although its member never asked for that.
        case movedBack(GroupID, partition: Int32, from: Int64, to: Int64)

        var group: GroupID {
            switch self {
            case .lateCommit(let group, _, _), .movedBack(let group, _, _, _): group
            }
        }
    }

    /// By group.
    private(set) var records: ContiguousArray<Record> = []
    private(set) var violations: [Violation] = []

    private mutating func makeRoom(_ group: GroupID) {
        while records.count <= group.index { records.append(Record()) }
    }

    /// A commit is in the log of a coordinator's replicas. (One that has a successor, and does not know it, may take
    /// anything into its own log, and can complete nothing but what its successor has taken over with the log: a broker
    /// that was stopped may find out late that a commit of long ago was replicated. So positions decide, and not time.)
    mutating func accepts(_ reference: MemberReference, at position: Int64) {
        makeRoom(reference.group)
        let record = records[reference.group.index]
        guard reference.generation >= 0, reference.generation < record.generation, position > record.began else {
            return
        }
        report(.lateCommit(reference.group, generation: reference.generation, current: record.generation))
    }

    /// The assignment of a generation is in the log: from now on it is handed out.
    mutating func begins(_ generation: Int32, of group: GroupID, at position: Int64) {
        makeRoom(group)
        guard position > records[group.index].began else { return }
        records[group.index].generation = generation
        records[group.index].began = position
    }

    /// A commit holds. It may be lower than the one before if its member asked for that, or if the request came on a
    /// connection that its member has given up: in Kafka, too, such a leftover may be handled after what was sent later.
    mutating func commits(
        _ committed: CommittedOffset, at position: Int64, under epoch: Int32, of reference: MemberReference,
        mayMoveBack: Bool
    ) {
        makeRoom(reference.group)
        let group = reference.group.index
        let partition = Int(committed.partition)
        while records[group].entries.count <= partition { records[group].entries.append(nil) }
        // Of a coordinator that was stopped, and has a successor.
        if let known = records[group].entries[partition], known.epoch > epoch { return }
        if let known = records[group].entries[partition], !mayMoveBack, known.offset > committed.offset,
            known.member == reference.member, known.generation == reference.generation
        {
            report(
                .movedBack(
                    reference.group, partition: committed.partition, from: known.offset, to: committed.offset))
        }
        records[group].entries[partition] = Entry(
            offset: committed.offset, position: position, epoch: epoch, member: reference.member,
            generation: reference.generation)
    }

    private mutating func report(_ violation: Violation) {
        if !violations.contains(violation) { violations.append(violation) }
    }
}

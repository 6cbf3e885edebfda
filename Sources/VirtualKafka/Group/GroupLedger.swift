import Kafka

/// What coordinators have promised to groups, as nobody in the cluster knows it: for invariants only. It remembers what
/// was acknowledged, so that it does not matter which coordinator said it, and which one knows it now.
struct GroupLedger: Sendable {
    /// A commit that its group can count on.
    struct Entry: Sendable {
        var offset: Int64
        /// Where it is in the log of the group.
        var position: Int64
        var member: MemberID
        var generation: Int32
    }

    struct Record: Sendable {
        /// The last one whose assignment was handed out.
        var generation: Int32 = -1
        /// Under which leader of the group's log that was.
        var epoch: Int32 = -1
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

    /// A commit is in the log of a coordinator's replicas. A coordinator that has a successor, and does not know it, may
    /// learn that only now (it was stopped): what it took under its own epoch lies before what the successor began.
    mutating func accepts(_ reference: MemberReference, under epoch: Int32) {
        makeRoom(reference.group)
        let current = records[reference.group.index].generation
        guard reference.generation >= 0, reference.generation < current,
            epoch >= records[reference.group.index].epoch
        else { return }
        report(.lateCommit(reference.group, generation: reference.generation, current: current))
    }

    /// The assignment of a generation is in the log: from now on it is handed out.
    mutating func begins(_ generation: Int32, of group: GroupID, under epoch: Int32) {
        makeRoom(group)
        records[group.index].generation = generation
        records[group.index].epoch = epoch
    }

    /// A commit holds. It may be lower than the one before if its member asked for that, or if the request came on a
    /// connection that its member has given up: in Kafka, too, such a leftover may be handled after what was sent later.
    mutating func commits(
        _ committed: CommittedOffset, at position: Int64, of reference: MemberReference, mayMoveBack: Bool
    ) {
        makeRoom(reference.group)
        let group = reference.group.index
        let partition = Int(committed.partition)
        while records[group].entries.count <= partition { records[group].entries.append(nil) }
        if let known = records[group].entries[partition], !mayMoveBack, known.offset > committed.offset,
            known.member == reference.member, known.generation == reference.generation
        {
            report(
                .movedBack(
                    reference.group, partition: committed.partition, from: known.offset, to: committed.offset))
        }
        records[group].entries[partition] = Entry(
            offset: committed.offset, position: position, member: reference.member, generation: reference.generation)
    }

    private mutating func report(_ violation: Violation) {
        if !violations.contains(violation) { violations.append(violation) }
    }
}

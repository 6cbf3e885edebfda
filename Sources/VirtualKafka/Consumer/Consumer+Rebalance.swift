import Kafka
import Simulation

/// What a member holds, and how it gives it up: all at once, or only what moves (KIP-429).
extension Consumer {
    func assigned(_ fabric: borrowing Fabric) -> [TopicPartition] { places(of: assignment.map(\.partition), fabric) }

    private func places(of partitions: [Int32], _ fabric: borrowing Fabric) -> [TopicPartition] {
        partitions.map { fabric.topology.partitions[Int($0)] }
    }

    /// The group is about to begin another generation. Cooperative members keep what they have until they know better;
    /// the others give up everything before they join again, and the application finishes first what it has begun.
    mutating func prepareRebalance(_ fabric: inout Fabric) {
        if isCooperative || assignment.isEmpty {
            membership = .outside
        } else {
            revoke(assignment.map(\.partition), &fabric)
        }
    }

    private mutating func revoke(_ partitions: [Int32], _ fabric: inout Fabric) {
        membership = .revoking
        revocationDeadline = fabric.now + settings.maxPollInterval
        let revoked = places(of: partitions, fabric)
        dropWaiting(of: revoked)
        tell(.revoked(revoked, lost: false, isIncremental: isCooperative), &fabric)
    }

    /// The leader's word: from now on these.
    mutating func takeOver(_ partitions: [Int32], _ fabric: inout Fabric) {
        round &+= 1
        guard isCooperative else {
            assignment = partitions.map { AssignedPartition(partition: $0) }
            nextAutoCommit = .distantFuture
            beginAutoCommit(fabric.now)
            tell(.assigned(assigned(fabric), isIncremental: false), &fabric)
            return
        }
        let added = partitions.filter { index(of: $0) == nil }
        var leaving: [Int32] = []
        for index in assignment.indices where !partitions.contains(assignment[index].partition) {
            assignment[index].isLeaving = true
            assignment[index].phase = .stopped
            leaving.append(assignment[index].partition)
        }
        if leaving.isEmpty {
            add(added, &fabric)
        } else {
            additions = added
            revoke(leaving, &fabric)
        }
    }

    private mutating func add(_ partitions: [Int32], _ fabric: inout Fabric) {
        assignment += partitions.map { AssignedPartition(partition: $0) }
        assignment.sort { $0.partition < $1.partition }
        beginAutoCommit(fabric.now)
        tell(.assigned(places(of: partitions, fabric), isIncremental: true), &fabric)
    }

    /// The application has finished with what it was asked to give up: the member joins again, so that the next
    /// generation hands it on.
    mutating func completeRevocation(_ fabric: inout Fabric) {
        guard core.isAlive, membership == .revoking else { return }
        revocationDeadline = .distantFuture
        if isCooperative {
            commitStored(of: assignment.filter(\.isLeaving), &fabric)
            assignment.removeAll(where: \.isLeaving)
        } else {
            commitStored(of: assignment, &fabric)
            assignment = []
            nextAutoCommit = .distantFuture
        }
        membership = .outside
        let added = additions
        additions = []
        if hasLostGroup {
            hasLostGroup = false
            loseAssignment(&fabric)
        } else if isCooperative {
            add(added, &fabric)
        }
        service(&fabric)
    }

    /// The group has gone on without this member: the partitions are somebody else's already.
    mutating func loseAssignment(_ fabric: inout Fabric) {
        // An application that is being asked to give up answers in its own time.
        guard membership != .revoking else {
            hasLostGroup = isCooperative
            return
        }
        membership = .outside
        nextAutoCommit = .distantFuture
        heldGeneration = -1
        guard !assignment.isEmpty else { return }
        let lost = assigned(fabric)
        assignment = []
        dropWaiting(of: lost)
        tell(.revoked(lost, lost: true, isIncremental: isCooperative), &fabric)
    }
}

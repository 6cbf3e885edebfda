import Kafka
import Simulation

/// A consumer group as `kafka-consumer-groups --describe` shows it.
public struct GroupDescription: Sendable {
    /// Under Kafka's names.
    public enum State: String, Sendable {
        case empty = "Empty"
        case preparingRebalance = "PreparingRebalance"
        case completingRebalance = "CompletingRebalance"
        case stable = "Stable"
    }

    /// One of the group, and what it has been given.
    public struct Member: Sendable {
        public var client: ClientID
        /// `group.instance.id` of a static member.
        public var instance: String?
        public var isLeader: Bool
        public var partitions: [TopicPartition]
    }

    public var state: State
    public var generation: Int32
    /// The one that was chosen; none in an empty group.
    public var strategy: AssignmentStrategy?
    /// The broker that coordinates the group.
    public var coordinator: Int
    public var members: [Member]
}

/// How far a group is behind in a partition.
public struct GroupLag: Hashable, Sendable {
    public var partition: TopicPartition
    public var committed: Int64?
    /// Up to where its members could read.
    public var end: Int64
    /// Nil without a commit.
    public var lag: Int64?
}

/// Groups as operators know them.
extension VirtualCluster {
    /// The groups that anybody has ever named.
    public var groups: [String] { fabric.groupNames.filter { !$0.isEmpty } }

    private func number(ofGroup name: String) -> Int? { fabric.groupNames.firstIndex(of: name) }

    /// The broker that coordinates a group at the moment.
    public func coordinator(of group: String) -> Int? { number(ofGroup: group).flatMap { activeCoordinator(of: $0) } }

    /// A group as its coordinator knows it; nil without one.
    public func describeGroup(_ name: String) -> GroupDescription? {
        guard let number = number(ofGroup: name), let broker = activeCoordinator(of: number) else { return nil }
        let group = brokers[broker].coordinator.groups[number]
        let members = group.members.map { member in
            GroupDescription.Member(
                client: member.client,
                instance: member.instance == .none ? nil : fabric.instanceNames[member.instance.index],
                isLeader: member.id == group.leader,
                partitions: member.assignment.sorted().map { fabric.topology.partitions[Int($0)] })
        }
        let state: GroupDescription.State =
            switch group.phase {
            case .empty: .empty
            case .preparingRebalance: .preparingRebalance
            case .completingRebalance: .completingRebalance
            case .stable: .stable
            }
        return GroupDescription(
            state: state, generation: group.generation, strategy: group.strategy, coordinator: broker,
            members: members)
    }

    /// Of every partition that a group has committed or is assigned, how far it is behind: the last stable offset (the
    /// high watermark for `read_uncommitted`), less what is committed.
    public func lag(of group: String, isolation: IsolationLevel = .readCommitted) -> [GroupLag] {
        let assigned = describeGroup(group)?.members.flatMap(\.partitions) ?? []
        var lags: [GroupLag] = []
        for partition in fabric.topology.partitions where !fabric.topology.isInternal(partition.topic) {
            let committed = committedOffset(of: group, in: partition)
            guard committed != nil || assigned.contains(partition) else { continue }
            let end = isolation == .readCommitted ? lastStableOffset(of: partition) : highWatermark(of: partition)
            lags.append(
                GroupLag(
                    partition: partition, committed: committed, end: end, lag: committed.map { max(0, end - $0) }))
        }
        return lags
    }

    /// Makes another in-sync replica lead the log of a group, the next one in order, and so coordinate it. Returns whether
    /// there is one, and a controller to decide it. The preferred leader gets it back when imbalance is looked for.
    @discardableResult
    public mutating func moveCoordinator(
        of group: String, at now: Instant, into output: inout KafkaOutput
    ) -> Bool {
        guard let number = number(ofGroup: group) else { return false }
        let partition = fabric.groupPartitions[number]
        let known = quorum.image.partitions[partition]
        let replicas = fabric.topology.replicas[partition]
        guard let place = replicas.firstIndex(of: known.leader) else { return false }
        let others = replicas[(place + 1)...] + replicas[..<place]
        guard let next = others.first(where: { known.isr.contains(Int($0)) && !quorum.image.fenced.contains(Int($0)) })
        else { return false }
        begin(now, &output)
        let isMoved = quorum.moveLeader(of: partition, to: Int(next), &fabric)
        end(&output)
        return isMoved
    }
}

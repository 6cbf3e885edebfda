import Kafka
import Simulation

/// For the model check: what it cannot see from outside, and needs in order to judge fairly.
extension VirtualCluster {
    /// Whether so many disks have lost committed records of a partition that nobody can be blamed for it.
    package func isLossExcused(in partition: TopicPartition) -> Bool {
        fabric.topology.number(of: partition).map { fabric.commitments[$0].isVoid } ?? false
    }

    /// Whether that is so of any partition, the cluster's own included.
    package var isAnyLossExcused: Bool { fabric.commitments.contains { $0.isVoid } }

    /// The partition of `__consumer_offsets` that holds what a group has committed.
    package func offsetsPartition(of group: String) -> TopicPartition? {
        guard let number = fabric.groupNames.firstIndex(of: group) else { return nil }
        return fabric.topology.partitions[fabric.groupPartitions[number]]
    }

    /// Whether a broker takes itself for the coordinator of a group although another one has been elected. It does not
    /// know what has been committed since, and answers OffsetFetch all the same: the request says nothing that would tell
    /// it of its successor.
    package func hasFormerCoordinator(of group: String) -> Bool {
        guard let number = fabric.groupNames.firstIndex(of: group) else { return false }
        let partition = fabric.groupPartitions[number]
        let elected = quorum.image.partitions[partition]
        return brokers.contains { broker in
            broker.replicas[partition].isLeader
                && (broker.id != elected.leader
                    || broker.replicas[partition].leaderEpoch != elected.leaderEpoch)
        }
    }

    /// Partitions that nobody leads, or that have replicas out of step: none after faults have been undone for a while.
    package var unsettledPartitions: [TopicPartition] {
        fabric.topology.partitions.indices.filter { partition in
            let metadata = quorum.image.partitions[partition]
            return metadata.leader < 0 || metadata.isr != BrokerSet(fabric.topology.replicas[partition])
                || brokers[Int(metadata.leader)].replicas[partition].log.endOffset
                    != committedEnd(partition, in: Int(metadata.leader))
        }.map { fabric.topology.partitions[$0] }
    }

    /// The generation in which a consumer takes itself for a member; -1 for none.
    package func generation(of client: ClientID) -> Int32 { consumers[consumerIndex(client)].generation }

    /// How often a leader has told a consumer that its position was out of range, so that it began anew. A leader that
    /// does not know yet that it has a successor may say so, too.
    package func rangeErrors(of client: ClientID) -> Int32 { consumers[consumerIndex(client)].outOfRange }

    /// The next offset that a consumer wants of a partition; nil while it does not know.
    package func position(of client: ClientID, in partition: TopicPartition) -> Int64? {
        let consumer = consumers[consumerIndex(client)]
        guard let index = consumer.index(of: partition, fabric), consumer.assignment[index].phase == .ready else {
            return nil
        }
        return consumer.assignment[index].position
    }
}

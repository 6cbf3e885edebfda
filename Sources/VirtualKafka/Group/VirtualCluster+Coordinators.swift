import Kafka

extension VirtualCluster {
    /// The broker that coordinates a group, or would: the leader of its partition of `__consumer_offsets`.
    public func coordinator(ofGroup name: String) -> Int? {
        let partitions = fabric.topology.offsetsPartitions
        let leader = quorum.image.partitions[partitions.lowerBound + name.javaHash(modulo: partitions.count)].leader
        return leader >= 0 ? Int(leader) : nil
    }
}

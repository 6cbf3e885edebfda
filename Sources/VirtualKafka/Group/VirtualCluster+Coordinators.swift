import Kafka

extension VirtualCluster {
    /// The broker that coordinates a group, or would: the leader of its partition of `__consumer_offsets`.
    public func coordinator(ofGroup name: String) -> Int? {
        coordinator(of: name, among: fabric.topology.offsetsPartitions)
    }

    /// The broker that coordinates a transactional id, or would: the leader of its partition of `__transaction_state`.
    public func coordinator(ofTransactionalID name: String) -> Int? {
        coordinator(of: name, among: fabric.topology.transactionPartitions)
    }

    private func coordinator(of name: String, among partitions: Range<Int>) -> Int? {
        let leader = quorum.image.partitions[partitions.lowerBound + name.javaHash(modulo: partitions.count)].leader
        return leader >= 0 ? Int(leader) : nil
    }
}

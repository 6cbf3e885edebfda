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
        leader(of: fabric.topology.partitions[partitions.lowerBound + name.javaHash(modulo: partitions.count)])
    }
}

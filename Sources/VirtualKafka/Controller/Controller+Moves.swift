import Kafka
import Simulation

extension Controller {
    /// An operator moves the leadership of a partition to another live in-sync replica.
    mutating func moveLeader(of partition: Int, to broker: Int, _ fabric: inout Fabric) -> Bool {
        let known = image.partitions[partition]
        guard active != nil, Int(known.leader) != broker, known.isr.contains(broker), !image.fenced.contains(broker)
        else { return false }
        image.partitions[partition].partitionEpoch += 1
        appoint(Int32(broker), partition, &fabric)
        publish(&fabric)
        return true
    }
}

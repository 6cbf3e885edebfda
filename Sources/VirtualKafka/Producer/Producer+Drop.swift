import Kafka
import Simulation

extension Producer {
    /// A record never reaches the log. It was in no batch, so no sequence has a gap because of it.
    mutating func drop(_ record: Record, to topic: TopicID, tag: UInt64, _ fabric: inout Fabric) {
        guard core.isAlive else { return }
        guard settings.acks == .none else {
            fabric.notify(core.id, .deliveryFailed(tag: tag, .messageTimedOut))
            if transaction != nil { failTransaction(.messageTimedOut, &fabric) }
            return
        }
        // Who wants no acknowledgement takes for delivered what was sent.
        let count = fabric.topology.partitionCount(of: topic, in: core.image)
        let number = count > 0 ? choosePartition(record, topic, nil, among: count, fabric) : nil
        let place = number.map { fabric.topology.partitions[$0] } ?? TopicPartition(topic, 0)
        fabric.notify(core.id, .delivered(tag: tag, place, offset: -1))
    }
}

import Kafka
import Simulation

extension Producer {
    /// Sends what is queued without waiting for more (`rd_kafka_flush`).
    mutating func flush(_ fabric: inout Fabric) {
        guard core.isAlive, queued > 0 else { return }
        isFlushing = true
        service(&fabric)
    }

    /// Drops messages (`rd_kafka_purge`); what is in flight may be delivered all the same.
    mutating func purge(isQueued: Bool, isInFlight: Bool, _ fabric: inout Fabric) {
        guard core.isAlive else { return }
        if isQueued { purgeQueues(&fabric) }
        if isInFlight {
            for partition in active {
                while let index = partitions[Int(partition)].batches.firstIndex(where: { $0.isInFlight }) {
                    fail(Int(partition), index, .purgedInFlight, &fabric)
                }
            }
        }
        service(&fabric)
    }

    /// Drops what is not in flight.
    mutating func purgeQueues(reporting error: ErrorCode = .purgedInQueue, _ fabric: inout Fabric) {
        let waiting = unassigned
        unassigned = []
        report(waiting.map(\.message), error, &fabric)
        for partition in active {
            let partition = Int(partition)
            while let index = partitions[partition].batches.firstIndex(where: { !$0.isInFlight }) {
                fail(partition, index, error, &fabric)
            }
            let messages = partitions[partition].messages
            partitions[partition].messages = []
            partitions[partition].records = []
            partitions[partition].size = 0
            report(messages, error, &fabric)
        }
    }
}

import Kafka
import Simulation
import VirtualKafka

extension Execution {
    mutating func rewind(_ number: Int, _ records: Int) -> Bool {
        guard consumers.indices.contains(number), let process = consumers[number], !process.isFrozen, process.isPolling
        else {
            return false
        }
        var isDone = false
        for partition in cluster.assignment(of: process.client) {
            guard let index = reference.openReading(of: process.client, partition),
                let target = reference.readings[index].records.suffix(records).first?.offset
            else { continue }
            _ = reference.beginAnew(index, reference.readings[index].rangeErrors)
            act { $0.seek(partition, to: target, by: process.client, at: $1, into: &$2) }
            isDone = true
        }
        return isDone
    }

    mutating func setPolling(_ isPolling: Bool, _ number: Int) -> Bool {
        guard consumers.indices.contains(number), let process = consumers[number], !process.isFrozen,
            process.isPolling != isPolling
        else { return false }
        consumers[number]?.isPolling = isPolling
        act { $0.setPolling(isPolling, by: process.client, at: $1, into: &$2) }
        return true
    }

    // MARK: An administrator

    private mutating func startAdministrator() -> Process {
        if let administrator { return administrator }
        let node = cluster.network.addNode("administrator")
        let client = act { $0.addAdmin(on: node, properties: ClientProperties(), at: $1, into: &$2) }
        noteClient(client)
        let process = Process(client: client, node: node)
        administrator = process
        return process
    }

    mutating func deleteRecords(_ topic: Int, _ partition: Int, keeping kept: Int) -> Bool {
        guard program.setup.topics.indices.contains(topic), partition < program.setup.topics[topic].partitions else {
            return false
        }
        let place = TopicPartition(TopicID(rawValue: Int32(topic)), Int32(partition))
        let before = cluster.highWatermark(of: place) - Int64(kept)
        guard before > 0 else { return false }
        reference.trimmed.append(place)
        let admin = startAdministrator()
        act { $0.deleteRecords([(place, before: before)], tag: 0, by: admin.client, at: $1, into: &$2) }
        return true
    }

    mutating func addPartition(_ topic: Int) -> Bool {
        let id = TopicID(rawValue: Int32(topic))
        guard program.setup.topics.indices.contains(topic), cluster.partitionCount(of: id) < 5 else { return false }
        let total = cluster.partitionCount(of: id) + 1
        let admin = startAdministrator()
        act { $0.createPartitions(id, total: total, tag: 0, by: admin.client, at: $1, into: &$2) }
        return true
    }
}

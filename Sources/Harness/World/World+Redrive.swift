import Kafka
import Services
import VirtualKafka

/// What operators do with dead letters.
extension World {
    /// Sends every letter that stands in a dead-letter topic back to where it came from. The letters stay where they are:
    /// a topic has no other way.
    mutating func redriveDeadLetters(of topic: TopicID) {
        var letters: [Record] = []
        for partition in 0..<cluster.partitionCount(of: topic) {
            cluster.forEachCommittedRecord(in: TopicPartition(topic, Int32(partition))) { _, _, record in
                letters.append(record)
            }
        }
        let redriven = letters.compactMap { redrive($0, from: topic) }
        record(
            .redriven(
                topic: cluster.topics.name(of: topic), sent: redriven.count, left: letters.count - redriven.count))
        for (topic, record) in redriven { sendAsStranger(record, to: topic) }
    }

    /// The topic and the record to be sent there; nil when the letter names no topic that it can have come from.
    private func redrive(_ letter: Record, from topic: TopicID) -> (TopicID, Record)? {
        do throws(RedriveError) {
            let redrive = try Redrive(of: letter)
            guard let origin = cluster.topics.id(of: redrive.topic), origin != topic,
                cluster.partitionCount(of: origin) > 0
            else { return nil }
            return (origin, redrive.record)
        } catch {
            return nil
        }
    }
}

import Kafka
import RdKafka
import Testing

extension Consumer {
    /// Polls until something has happened; fails when it has not after half a minute.
    func events(
        until isDone: ([ConsumerEvent]) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [ConsumerEvent] {
        var events: [ConsumerEvent] = []
        let deadline = ContinuousClock.now + .seconds(30)
        while !isDone(events) {
            events += try poll(upTo: 1_000, within: .milliseconds(20))
            try #require(ContinuousClock.now < deadline, "only \(events)", sourceLocation: sourceLocation)
        }
        return events
    }
}

extension [ConsumerEvent] {
    var records: [ReceivedRecord] {
        compactMap { event in
            guard case .record(let record) = event else { return nil }
            return record
        }
    }

    var positions: [PartitionOffset] {
        flatMap { event -> [PartitionOffset] in
            guard case .positioned(let offsets) = event else { return [] }
            return offsets
        }
    }

    var failures: [(failure: KafkaFailure, partition: NamedPartition?)] {
        compactMap { event in
            guard case .failure(let failure, let partition) = event else { return nil }
            return (failure, partition)
        }
    }
}

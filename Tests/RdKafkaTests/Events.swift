import Kafka
import RdKafka
import Testing

extension Consumer {
    /// Polls until something has happened; fails when it has not after half a minute. Other tests go on meanwhile: a
    /// group takes its time, and threads are few.
    func events(
        until isDone: ([ConsumerEvent]) throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [ConsumerEvent] {
        var events: [ConsumerEvent] = []
        let deadline = ContinuousClock.now + .seconds(30)
        while try !isDone(events) {
            let news = try poll(upTo: 1_000)
            events += news
            if news.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
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

    /// Partitions that came and went.
    var changes: [ConsumerEvent] {
        filter { event in
            switch event {
            case .assigned, .revoked: true
            default: false
            }
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

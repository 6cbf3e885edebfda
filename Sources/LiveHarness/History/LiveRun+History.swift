import Harness
import Kafka
import Services
import Simulation

/// Reading back what a run has left.
extension LiveRun {
    /// How long reading the topics may stand still before it is given up.
    private static let patience = Swift.Duration.seconds(10)
    /// Gaps that are told one by one.
    private static let mostGaps = 5

    /// What the run has left; what could not be read of it stands in `missing`.
    func history() throws -> History {
        phase = .judging
        showProgress()
        var history = History()
        history.topics = cast.topics
        let (standings, unreadable) = standings()
        history.offsets = standings
        let unseen = settling.unreadable.filter { !unreadable.contains($0) }
        history.missing = (unreadable + unseen).map(Self.incomplete)
        do {
            let obstacle = collector.waitUntil(try logEnds(), patience: Self.patience)
            history.missing += (obstacle.map { [$0] } ?? []).map(Self.incomplete)
        } catch {
            history.missing.append(Self.incomplete("where the topics end cannot be found out: \(error)"))
        }
        let collected = collector.collected
        if target.kind == .embedded { history.missing += gaps(in: collected) }
        history.entries = collected.merged(with: recording)
        history.stores = try cast.services.map { service in
            (service.name, try snapshot(of: service, Instance.tables + service.tables))
        }
        history.unsettled = settling.unsettled
        history.end = max(now, history.entries.last?.at ?? .zero)
        return history
    }

    private static func incomplete(_ reason: String) -> String { "The history is not complete: \(reason)." }

    private func logEnds() throws -> [(TopicPartition, Int64)] {
        let all = cast.topics.all.flatMap { topic in
            (0..<partitions[Int(topic.rawValue)]).map { TopicPartition(topic, Int32($0)) }
        }
        return try observers.ends(of: all, group: cast.services[0].group)
    }

    /// On Kafka, transactions leave offsets that nobody reads; the embedded broker has none.
    private func gaps(in collected: LogAssembly) -> [String] {
        collected.gaps.prefix(Self.mostGaps).map { gap in
            "The embedded broker dropped the records \(gap.offsets.lowerBound) to \(gap.offsets.upperBound - 1) of "
                + "\(cast.topics.describe(gap.partition)) before they were read: it keeps 5 MiB of a partition. Run "
                + "less at a time, or use --target kafka."
        }
    }
}

import Kafka

/// What must hold of any system on Kafka, whatever it is about.
extension CheckResult {
    /// All of them: that the run came to rest, that nothing acknowledged was lost, that the cluster kept its promises.
    public static func standard(for history: History) -> [CheckResult] {
        [quiescent(history), noAcknowledgedRecordLost(history), clusterInvariants(history)]
    }

    /// Everything that was begun has ended.
    public static func quiescent(_ history: History) -> CheckResult {
        CheckResult(
            "quiescent", "After the faults have ended, everything that was begun comes to its end.", in: history
        ) { inspection in
            inspection.sample()
            for waiting in history.unsettled {
                inspection.report("the run", "The run did not come to rest: \(waiting).")
            }
        }
    }

    /// The cluster is sound, as far as somebody has watched it.
    public static func clusterInvariants(_ history: History) -> CheckResult {
        CheckResult(
            "cluster-invariants", "The Kafka cluster keeps its own promises: one leader an epoch, replicas that agree.",
            in: history
        ) { inspection in
            if history.watchesCluster { inspection.sample() }
            for (moment, sentence) in history.brokenInvariants {
                inspection.report("the cluster", at: moment, sentence)
            }
        }
    }

    /// What Kafka has acknowledged to a service stays. Before the run has settled, a record may merely not be committed
    /// again yet.
    public static func noAcknowledgedRecordLost(_ history: History) -> CheckResult {
        CheckResult(
            "no-acknowledged-record-lost",
            "Every record that Kafka acknowledged to a service is in the log at the end.", in: history
        ) { inspection in
            guard history.missing.isEmpty else { return }
            var isInLog: Set<Place> = []
            for case .appended(let partition, let offset, _) in history.entries.lazy.map(\.event) {
                isInLog.insert(Place(partition: partition, offset: offset))
            }
            var isAcknowledged: Set<Place> = []
            for entry in history.entries {
                guard case .acknowledged(let partition, let offset, let service) = entry.event, offset >= 0 else {
                    continue
                }
                inspection.sample()
                let place = Place(partition: partition, offset: offset)
                let name = "\(history.topics.describe(partition))@\(offset)"
                if !isAcknowledged.insert(place).inserted {
                    inspection.report(
                        name, at: entry.at,
                        "Kafka acknowledged two records at this place, the later one to \(service): the earlier one is lost."
                    )
                }
                if history.unsettled.isEmpty, !isInLog.contains(place) {
                    inspection.report(
                        name, at: entry.at,
                        "Kafka told \(service) that it has this record, and at the end it is not in the log.")
                }
            }
        }
    }

    private struct Place: Hashable {
        var partition: TopicPartition
        var offset: Int64
    }
}

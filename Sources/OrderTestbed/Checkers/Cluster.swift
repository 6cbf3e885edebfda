import Harness

/// What must hold of any system on Kafka, whatever it is about.
extension Checker {
    /// Two acknowledgements of one place mean that the first of two records was overwritten. A record that is missing
    /// counts only once the run has settled: before, it may merely not be committed again yet.
    static let noAcknowledgedRecordLost = Checker(
        "no-acknowledged-record-lost",
        "Every record that Kafka acknowledged to a service is in the log at the end."
    ) { history, findings in
        var isAcknowledged = LogTable(topics: history.source.topics, empty: false)
        for entry in history.source.entries {
            guard case .acknowledged(let partition, let offset, let service) = entry.event, offset >= 0 else {
                continue
            }
            findings.sample()
            let place = history.describe(partition, offset)
            if isAcknowledged[partition, offset] {
                findings.report(
                    place, at: entry.at,
                    "Kafka acknowledged two records at this place, the later one to \(service): the earlier one is lost."
                )
            }
            isAcknowledged[partition, offset] = true
            if history.isSettled, history.log[partition, offset] == .nothing {
                findings.report(
                    place, at: entry.at,
                    "Kafka told \(service) that it has this record, and at the end it is not in the log.")
            }
        }
    }

    static let quiescent = Checker(
        "quiescent", "After the faults have ended, everything that was begun comes to its end.", needsWholeLog: false
    ) { history, findings in
        findings.sample()
        for waiting in history.source.unsettled {
            findings.report("the run", "The run did not come to rest: \(waiting).")
        }
    }

    static let clusterInvariants = Checker(
        "cluster-invariants", "The Kafka cluster keeps its own promises: one leader an epoch, replicas that agree.",
        needsWholeLog: false
    ) { history, findings in
        if history.source.watchesCluster { findings.sample() }
        for (moment, invariant) in history.source.brokenInvariants {
            findings.report("the cluster", at: moment, invariant)
        }
    }
}

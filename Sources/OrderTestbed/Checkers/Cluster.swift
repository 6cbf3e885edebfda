import Harness

/// What must hold of any system on Kafka, whatever it is about.
extension Checker {
    static let noAcknowledgedRecordLost = Checker(
        "no-acknowledged-record-lost",
        "Every record that Kafka acknowledged to a service is in the log at the end."
    ) { history, findings in
        for entry in history.source.entries {
            guard case .acknowledged(let partition, let offset, let service) = entry.event else { continue }
            findings.sample()
            if history.log[partition, offset] == .nothing {
                findings.report(
                    history.describe(partition, offset), at: entry.at,
                    "Kafka told \(service) that it has this record, and at the end it is not in the log.")
            }
        }
    }

    static let quiescent = Checker(
        "quiescent", "After the faults have ended, everything that was begun comes to its end."
    ) { history, findings in
        findings.sample()
        for waiting in history.source.unsettled {
            findings.report("the run", "The run did not come to rest: \(waiting).")
        }
    }

    static let clusterInvariants = Checker(
        "cluster-invariants", "The Kafka cluster keeps its own promises: one leader an epoch, replicas that agree."
    ) { history, findings in
        findings.sample()
        for invariant in history.source.brokenInvariants { findings.report("the cluster", invariant) }
    }
}

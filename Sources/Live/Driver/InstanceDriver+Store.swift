import Services
import Simulation
import Stores

/// Store transactions.
extension InstanceDriver {
    /// One transaction is under way at a time; it runs in its turn, or later when it is made slow.
    func begin(_ batch: Batch) {
        transactions += 1
        switch interference?.storeFate(ofTransaction: transactions, at: now) {
        case .slow(let delay): tasks.push(.transact(batch), at: now + delay)
        case .failsBeforeCommit: deliver(.transactionFailed(batch: batch.id))
        case .failsAfterCommit:
            run(batch) { _ in .transactionFailed(batch: batch.id) }
        case nil: self.batch = batch
        }
    }

    func transact(_ batch: Batch) { run(batch) { .committed($0) } }

    private func run(_ batch: Batch, telling signal: (BatchOutcome) -> Signal) {
        guard let store, let instance else { return }
        let now = now
        let failing = interference?.failingItems(of: batch, at: now) ?? []
        do {
            let outcome = try store.transact { workingSet in
                guard let recorder else {
                    return try instance.perform(batch, in: workingSet, at: now, failing: failing)
                }
                return try recorder.perform(batch, of: instance, in: workingSet, at: now, failing: failing)
            }
            configuration.metrics?.storeTransaction.observe(Double((self.now - now).nanoseconds) / 1e9)
            configuration.metrics?.batches.add()
            configuration.metrics?.batchItems.observe(Double(batch.itemCount))
            if !outcome.injectedFailures.isEmpty {
                interference?.didFail(outcome.injectedFailures, of: batch, at: now)
            }
            deliver(signal(outcome))
        } catch {
            configuration.metrics?.storeFailures.add()
            note("\(configuration.name) could not commit \(batch.itemCount) things: \(error)")
            deliver(.transactionFailed(batch: batch.id))
        }
    }
}

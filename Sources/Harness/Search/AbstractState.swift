import Services
import Simulation

/// What a search takes a world for: worlds that look alike from afar are one state to it.
extension World {
    /// Where the units of work stand (how many rows of each table are in which phase), which faults go on, who is down, and
    /// roughly how much waits. The same number in every process.
    var abstractState: UInt64 {
        var state: UInt64 = 0
        for (index, store) in stores.enumerated() { state = mixed(state &+ mixed(store.shape &+ UInt64(index))) }
        for process in processes where process.instance == nil {
            state &+= mixed(UInt64(process.service) &+ 0x0d0_0000)
        }
        for process in frozen { state &+= mixed(UInt64(processes[Int(process.process)].service) &+ 0xf20_0000) }
        for fault in faults.ongoing {
            state &+= fault.action.kind.utf8.reduce(0xcbf2_9ce4_8422_2325) { mixed($0 ^ UInt64($1)) }
        }
        for broker in 0..<scenario.cluster.brokers where !cluster.isBrokerUp(broker) {
            state &+= mixed(UInt64(broker) &+ 0xb20_0000)
        }
        let waiting = strangerRecords.count + heldBack
        state &+= mixed(UInt64(min(waiting, 3)) &+ 0x3a1_0000)
        return state
    }

    /// Changes whenever the abstract state may have.
    var landmark: UInt64 { stores.reduce(UInt64(recording.count)) { $0 &+ $1.commitCount } }

    /// The instance whose transaction the store is about to commit, unless it is only housekeeping.
    var nextWorker: String? {
        guard case .commit(let process, let life, let batch, _) = queue.first, !batch.isOnlyHousekeeping,
            isAlive(process, life: life)
        else { return nil }
        return processes[Int(process)].name
    }
}

import Services
import Simulation

/// What a search takes a world for: worlds that look alike from afar are one state to it.
extension World {
    /// Where the units of work stand, each in what is going on: a number for each state of a unit (in which phases its rows
    /// are, over all services) and one for the queues, mixed with who is down and which faults go on. The same numbers in
    /// every process.
    var abstractStates: [UInt64] {
        let situation = situation
        var units: [UnitPhase] = []
        for (index, store) in stores.enumerated() { store.addPhases(to: &units, salt: UInt64(index) &* 0x9e37_79b9) }
        var states = units.map { mixed($0.state ^ situation) }
        states.append(mixed(queues(hasPhases: !units.isEmpty) ^ situation))
        return states
    }

    /// Who is down, and which faults go on.
    private var situation: UInt64 {
        var sum: UInt64 = 0
        for process in processes where process.instance == nil { sum &+= mixed(UInt64(process.service) &+ 0x0d0_0000) }
        for process in frozen { sum &+= mixed(UInt64(processes[Int(process.process)].service) &+ 0xf20_0000) }
        for fault in faults.ongoing {
            sum &+= fault.action.kind.utf8.reduce(0xcbf2_9ce4_8422_2325) { mixed($0 ^ UInt64($1)) }
        }
        return sum
    }

    /// What waits, and roughly how much of it. Where rows tell nothing, how many there are has to.
    private func queues(hasPhases: Bool) -> UInt64 {
        var sum = mixed(UInt64(min(strangerRecords.count + heldBack, 3)))
        for (index, store) in stores.enumerated() {
            let waiting = [
                store.count(of: OutboxQueue.self), store.count(of: CallRow.self), store.count(of: Deadline.self),
            ]
            for (kind, count) in waiting.enumerated() {
                sum &+= mixed(UInt64(index << 16 | kind << 8 | min(count, 3)) &+ 0x9_0000_0000)
            }
            if !hasPhases { sum &+= mixed(store.shape &+ UInt64(index)) }
        }
        return sum
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

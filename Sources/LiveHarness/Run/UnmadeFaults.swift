import Harness

/// What a scenario asks for and a run does not make, with reasons.
struct UnmadeFaults {
    private(set) var list: [UnmadeFault] = []
    private var explained: Set<FaultAction> = []

    /// One more fault of a kind.
    mutating func add(_ fault: FaultAction, because reason: String) {
        explained.insert(fault)
        if let index = list.firstIndex(where: { $0.fault == fault.kind && $0.reason == reason && $0.count != nil }) {
            list[index].count = list[index].count.map { $0 + 1 }
        } else {
            list.append(UnmadeFault(fault: fault.kind, count: 1, reason: reason))
        }
    }

    /// Why no record is dropped in a live run.
    static let recordsAreTheProducers = "what a real producer has been handed is in its hands, not in those of the run"

    /// Rates of faults that strike messages, and records in a producer: nobody knows how many there would have been.
    mutating func add(untoldRates rates: FaultRates) {
        let network = "the network between real processes is not in the hands of the run"
        let kinds = [
            ("faults.lost-requests", rates.lostRequests, network),
            ("faults.lost-responses", rates.lostResponses, network),
            ("faults.duplicated-requests", rates.duplicatedRequests, network),
            ("faults.latency-spikes", rates.latencySpikes, network),
            ("faults.dropped-records", rates.droppedRecords, Self.recordsAreTheProducers),
        ]
        for (name, rate, reason) in kinds where rate > 0 {
            list.append(UnmadeFault(fault: name, count: nil, reason: reason))
        }
    }

    /// What the plan has, and the run neither made nor has said why.
    mutating func add(planned: [FaultAction], struck: [FaultAction]) {
        let struck = Set(struck)
        for action in planned where !struck.contains(action) && !explained.contains(action) {
            // Told one by one when they strike.
            if case .failHandler(let place, _) = action, struck.contains(.failHandler(place, times: 1)) { continue }
            add(action, because: "the run did not come to the point at which it strikes")
        }
    }
}

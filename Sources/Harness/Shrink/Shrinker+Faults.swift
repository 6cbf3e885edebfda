import Simulation

/// Fewer faults, and simpler ones.
extension Shrinker {
    /// Leaves out halves of the faults, then quarters, then single ones, until none can be left out.
    mutating func takeAwayFaults() throws {
        var size = best.faults.count
        while size > 0 {
            var begin = 0
            while begin < best.faults.count {
                guard canTry else { return }
                let faults = best.faults
                if try !attempt(without: faults[begin..<min(begin + size, faults.count)]) { begin += size }
            }
            size = min(size, best.faults.count) / 2
        }
    }

    /// Rounds moments and lengths of time, and takes what is special about a fault away.
    mutating func simplifyFaults() throws {
        var index = 0
        while index < best.faults.count {
            for simpler in best.faults[index].simplifications {
                guard canTry else { return }
                // An earlier one may have changed the list.
                guard index < best.faults.count, simpler.spelling.count < best.faults[index].spelling.count else {
                    continue
                }
                var scenario = best.replayScenario
                scenario.plan[index] = simpler
                if try attempt(scenario, seed: best.seed, mustBeShorter: false) { break }
            }
            index += 1
        }
    }
}

extension FaultAction {
    /// The same with times rounded, coarse ones first, and with what it has beyond the ordinary taken away.
    var simplifications: [FaultAction] {
        guard let spelling = FaultSpelling.all.first(where: { $0.parameters(self) != nil }),
            let parameters = spelling.parameters(self)
        else { return [] }
        var variants: [FaultParameters] = []
        for unit in [Duration.seconds(1), .milliseconds(100), .milliseconds(10), .milliseconds(1)] {
            var rounded = parameters
            rounded.at = .zero + (parameters.at - .zero).rounded(to: unit)
            rounded.time = parameters.time.rounded(to: unit)
            rounded.amount = parameters.amount.rounded(to: unit)
            variants.append(rounded)
            var onlyTime = parameters
            onlyTime.time = rounded.time
            variants.append(onlyTime)
        }
        var ordinary = parameters
        (ordinary.loss, ordinary.isOneWay, ordinary.isBehind) = (.nothing, false, false)
        variants.append(ordinary)
        return variants.map(spelling.action).filter { $0 != self }
    }
}

extension Duration {
    /// The nearest multiple of a unit, at least one unless it is zero.
    fileprivate func rounded(to unit: Duration) -> Duration {
        guard self > .zero else { return self }
        let count = (nanoseconds + unit.nanoseconds / 2) / unit.nanoseconds
        return unit * Int64(max(1, count))
    }
}

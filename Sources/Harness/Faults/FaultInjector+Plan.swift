import Services
import Simulation
import VirtualKafka

/// The plan, put where it can be looked up.
extension FaultInjector {
    /// Puts the plan where it can be looked up, and draws the faults that have their time.
    package mutating func prepare(for cast: FaultCast) {
        plannedCrashes = Array(repeating: [:], count: cast.instances.count)
        plannedStoreFates = Array(repeating: [:], count: cast.instances.count)
        processes = cast.instances
        for action in plan { enter(action) }
        for action in rates.drawTimedFaults(draws, on: cast) {
            timed.append(TimedFault(at: action.moment ?? .zero, action: action, isDrawn: true))
        }
        // Faults of one moment strike in the order of the list: the sort has to be stable, and is.
        timed.sort { $0.at < $1.at }
    }

    /// Expects a fault from now on.
    mutating func enter(_ action: FaultAction) {
        switch action {
        case .crashInstance(let name, let effect, let restartAfter):
            if let index = processes.firstIndex(of: name) { plannedCrashes[index][effect] = restartAfter }
        case .store(let name, let transaction, let fate):
            if let index = processes.firstIndex(of: name) { plannedStoreFates[index][transaction] = fate }
        case .duplicateRecord(let place, _), .delayRecord(let place, _), .reorderRecord(let place, _),
            .dropRecord(let place, _):
            plannedRecords[place] = action
        case .provider(let place, let fate): plannedCalls[place] = fate
        case .failHandler(let place, let times):
            for place in place.consecutive(times) { plannedHandlings.insert(place) }
        case .loseMessage(let place): plannedMessages.append((place, .lose))
        case .duplicateMessage(let place): plannedMessages.append((place, .duplicate))
        case .delayMessage(let place, let delay): plannedMessages.append((place, .deliver(extra: delay)))
        case .crashBroker, .crashController, .slowDisk, .pauseBroker, .electUnclean, .moveLeader, .moveCoordinator,
            .addPartitions, .partition, .slowLink, .killInstance, .freezeInstance, .stallConsumer, .scale, .skewClock,
            .rebalanceStorm, .poison, .fullDisk, .providerOutage, .redriveDeadLetters:
            timed.append(TimedFault(at: action.moment ?? .zero, action: action, isDrawn: false))
        }
    }

    /// A process that was not there at the beginning: what the plan has for it is expected from now on.
    mutating func admit(_ process: String, with plan: [FaultAction]) {
        processes.append(process)
        plannedCrashes.append([:])
        plannedStoreFates.append([:])
        for action in plan {
            switch action {
            case .crashInstance(process, _, _), .store(process, _, _): enter(action)
            default: break
            }
        }
    }

    /// Expects a fault no longer. One that has struck already stays as it is.
    mutating func leaveOut(_ action: FaultAction) {
        switch action {
        case .crashInstance(let name, let effect, _):
            if let index = processes.firstIndex(of: name) { plannedCrashes[index][effect] = nil }
        case .store(let name, let transaction, _):
            if let index = processes.firstIndex(of: name) { plannedStoreFates[index][transaction] = nil }
        case .duplicateRecord(let place, _), .delayRecord(let place, _), .reorderRecord(let place, _),
            .dropRecord(let place, _):
            plannedRecords[place] = nil
        case .provider(let place, _): plannedCalls[place] = nil
        case .failHandler(let place, let times):
            for place in place.consecutive(times) { plannedHandlings.remove(place) }
        case .loseMessage(let place), .duplicateMessage(let place), .delayMessage(let place, _):
            plannedMessages.removeAll { $0.place == place }
        case .crashBroker, .crashController, .slowDisk, .pauseBroker, .electUnclean, .moveLeader, .moveCoordinator,
            .addPartitions, .partition, .slowLink, .killInstance, .freezeInstance, .stallConsumer, .scale, .skewClock,
            .rebalanceStorm, .poison, .fullDisk, .providerOutage, .redriveDeadLetters:
            // The queue knows them by their place in the list: they stay there, and do nothing.
            if let index = timed.firstIndex(where: { !$0.isDropped && $0.action == action }) {
                timed[index].isDropped = true
            }
        }
    }

    /// Nothing strikes any more, neither by a rate nor by the plan; what is going on goes on to its end.
    mutating func leaveOutEverything() {
        let silence = FaultRates()
        (rates, rates.from, rates.until) = (silence, rates.from, rates.until)
        for index in processes.indices {
            plannedCrashes[index] = [:]
            plannedStoreFates[index] = [:]
        }
        plannedRecords = [:]
        plannedCalls = [:]
        plannedHandlings = []
        plannedMessages = []
        for index in timed.indices { timed[index].isDropped = true }
    }

    /// The plan's faults of messages, for the network to look up.
    func plannedFates(node: (String) -> NodeID?) -> [MessageIdentity: MessageFate] {
        var fates: [MessageIdentity: MessageFate] = [:]
        for (place, fate) in plannedMessages {
            guard let from = node(place.from), let to = node(place.to) else { continue }
            fates[MessageIdentity(from: from, to: to, number: place.number)] = fate
        }
        return fates
    }
}

extension HandlingPlace {
    /// This one and those that follow it, so many in all.
    fileprivate func consecutive(_ times: Int) -> [HandlingPlace] {
        (0..<max(0, min(times, 1_000))).compactMap { further in
            guard number <= Int.max - further else { return nil }
            var place = self
            place.number += further
            return place
        }
    }
}

import Kafka
import Services
import Simulation
import VirtualKafka

/// Faults under which everything goes on, and is odd: brokers that sleep, leaders that lack records, links that are slow,
/// services that are scaled, clocks that are wrong.
extension World {
    mutating func beginOddity(_ action: FaultAction, _ index: Int) {
        switch action {
        case .pauseBroker(let broker, _, _):
            guard cluster.isBrokerUp(broker - 1), !cluster.isBrokerPaused(broker - 1), mayTakeDown(for: index) else {
                return
            }
            cluster.setPaused(broker: broker - 1, true, at: now, into: &kafkaOutput)
            begin(action, index)
        case .electUnclean(let topic, let partition, _):
            guard let id = cluster.topics.id(of: topic) else { return }
            let place = TopicPartition(id, Int32(partition))
            guard cluster.electUnclean(place, at: now, into: &kafkaOutput) else { return }
            record(.fault(action))
        case .slowLink(let from, let to, let delay, _, _, let oneWay):
            slow(from: from, to: to, by: delay, oneWay: oneWay)
            begin(action, index)
        case .scale(let service, _, _, _):
            begin(action, index)
            rescale(service)
        case .skewClock:
            begin(action, index)
            setClocks()
        default:
            preconditionFailure("\(action) is not odd")
        }
    }

    mutating func endOddity(_ action: FaultAction) {
        switch action {
        case .pauseBroker(let broker, _, _):
            cluster.setPaused(broker: broker - 1, false, at: now, into: &kafkaOutput)
        case .slowLink:
            cluster.network.unslowAll()
            // They overlap: those that go on are made again.
            for other in faults.ongoing {
                if case .slowLink(let from, let to, let delay, _, _, let oneWay) = other.action {
                    slow(from: from, to: to, by: delay, oneWay: oneWay)
                }
            }
        case .scale(let service, _, _, _): rescale(service)
        case .skewClock: setClocks()
        default: break
        }
    }

    private mutating func slow(from: [String], to: [String], by delay: Duration, oneWay: Bool) {
        for source in from.compactMap({ node(named: $0) }) {
            for target in to.compactMap({ node(named: $0) }) {
                cluster.network.slow(from: source, to: target, by: delay)
                if !oneWay { cluster.network.slow(from: target, to: source, by: delay) }
            }
        }
    }

    // MARK: Clocks

    /// What a process's machine takes for the present moment. Clocks begin at zero: one that is behind stands still there
    /// until it is.
    func clock(of index: Int) -> Instant {
        let error = processes[index].clockError
        return error == .zero ? now : max(.zero, now + error)
    }

    /// When a timer fires that was set for a moment of the process's own clock. Timers count time as it passes: a clock
    /// that is put right meanwhile changes nothing for them.
    func fromNow(_ moment: Instant, of index: Int) -> Instant {
        guard processes[index].clockError != .zero else { return max(moment, now) }
        return now + max(.zero, moment - clock(of: index))
    }

    /// A record with the time of the machine that sends it, where that is not the right one.
    func stamped(_ record: Record, by index: Int) -> Record {
        guard processes[index].clockError != .zero, record.timestampMilliseconds == 0 else { return record }
        var record = record
        record.timestampMilliseconds = clock(of: index).milliseconds
        return record
    }

    /// Of several faults of one clock, the last one that began holds.
    func clockError(of process: String) -> Duration {
        for fault in faults.ongoing.reversed() {
            if case .skewClock(process, let error, _, _) = fault.action { return error }
        }
        return .zero
    }

    private mutating func setClocks() {
        for index in processes.indices { processes[index].clockError = clockError(of: processes[index].name) }
    }
}

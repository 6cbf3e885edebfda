import Harness
import Simulation
import VirtualKafka

extension FaultAction {
    /// What happened, for a reader who does not know how plans are spelled.
    package var sentence: String {
        switch self {
        case .crashBroker(let broker, _, let time, let loss):
            "broker \(broker) crashed for \(time.brief)" + loss.phrase
        case .crashController(_, let time): "the controller crashed for \(time.brief)"
        case .slowDisk(let broker, _, let time, let factor):
            "the disk of broker \(broker) was slow for \(time.brief): an append took \(factor) times as long"
        case .pauseBroker(let broker, _, let time): "broker \(broker) was stopped for \(time.brief), and went on"
        case .electUnclean(let topic, let partition, _):
            "an operator had \(topic)-\(partition), which nobody led, be led by a replica that was not in sync"
        case .moveLeader(let topic, let partition, let broker, _):
            "\(topic)-\(partition) was to be led by broker \(broker)"
        case .moveCoordinator(let service, _): "the group of \(service) got another coordinator"
        case .addPartitions(let topic, let total, _): "\(topic) was given partitions, \(total) in all"
        case .killInstance(let instance, _, let time): "\(instance) was killed, for \(time.brief)"
        case .freezeInstance(let instance, _, let time): "\(instance) was stopped for \(time.brief), and went on"
        case .stallConsumer(let instance, _, let time): "\(instance) did not poll for \(time.brief)"
        case .scale(let service, let count, _, let time):
            "\(service) was scaled to \(count) \(count == 1 ? "instance" : "instances") for \(time.brief)"
        case .skewClock(let instance, let error, _, let time):
            "the clock of \(instance) was \(Duration(nanoseconds: abs(error.nanoseconds)).brief) "
                + "\(error < .zero ? "behind" : "ahead") for \(time.brief)"
        case .rebalanceStorm(let service, _, let time):
            "somebody joined and left the group of \(service) for \(time.brief)"
        case .partition(let from, let to, _, let time, let isOneWay):
            "nothing got from \(from.joined(separator: ", ")) to \(to.joined(separator: ", "))"
                + (isOneWay ? "" : " nor back") + " for \(time.brief)"
        case .slowLink(let from, let to, let delay, _, let time, let isOneWay):
            "everything from \(from.joined(separator: ", ")) to \(to.joined(separator: ", "))"
                + (isOneWay ? "" : ", and back,") + " took \(delay.brief) longer for \(time.brief)"
        case .duplicateMessage(let place):
            "message \(place.number) from \(place.from) to \(place.to) arrived twice"
        case .loseMessage(let place): "message \(place.number) from \(place.from) to \(place.to) was lost"
        case .delayMessage(let place, let delay):
            "message \(place.number) from \(place.from) to \(place.to) was held up for \(delay.brief)"
        case .duplicateRecord(let place, let delay): "\(place.sentence) was sent again after \(delay.brief)"
        case .delayRecord(let place, let delay): "\(place.sentence) was sent \(delay.brief) late"
        case .reorderRecord(let place, let delay):
            "\(place.sentence) was sent \(delay.brief) late, after its successors"
        case .dropRecord(let place, let delay):
            "\(place.sentence) never reached the log, and was given up after \(delay.brief)"
        case .poison(let kind, let topic, _, _): "a stranger wrote poison to \(topic): \(kind.rawValue)"
        case .redriveDeadLetters(let topic, _):
            "an operator sent the letters in \(topic) back to where they came from"
        case .crashInstance(let instance, let effect, let time):
            "\(instance) crashed before its effect \(effect), for \(time.brief)"
        case .failHandler(let place, let times):
            "\(place.service) failed to handle \(place.key) of \(place.topic), time \(place.number)"
                + (times > 1 ? " and \(times - 1) more" : "")
        case .store(let instance, let transaction, let fate):
            "transaction \(transaction) of \(instance) \(fate.sentence)"
        case .provider(let place, let fate):
            "call \(place.number) of \(place.service) for \(place.subject): the provider \(fate.sentence)"
        case .fullDisk(let service, _, let time): "the disk of \(service)'s store was full for \(time.brief)"
        case .providerOutage(let service, _, let time): "the provider that \(service) calls was down for \(time.brief)"
        }
    }
}

extension FaultAction {
    /// The order that the fault struck, where it is known.
    var subject: String? {
        switch self {
        case .duplicateRecord(let place, _), .delayRecord(let place, _), .reorderRecord(let place, _),
            .dropRecord(let place, _):
            place.key
        case .provider(let place, _): place.subject.description
        case .failHandler(let place, _): place.key
        default: nil
        }
    }
}

extension Duration {
    /// To three digits: the scenario file has the exact length.
    var brief: String {
        let units: [(Int64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")]
        for (unit, name) in units where nanoseconds >= unit {
            let whole = nanoseconds / unit
            let places = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
            guard places > 0, nanoseconds % unit != 0 else { return "\(whole) \(name)" }
            let scale: Int64 = places == 1 ? 10 : 100
            let digits = String(nanoseconds % unit * scale / unit)
            return "\(whole)." + String(repeating: "0", count: places - digits.count) + "\(digits) \(name)"
        }
        return "\(nanoseconds) ns"
    }
}

extension RecordPlace {
    fileprivate var sentence: String { "record \(number) of \(key) in \(topic)" }
}

extension DiskLoss {
    fileprivate var phrase: String {
        switch self {
        case .nothing: ""
        case .unflushedTail: ", losing what it had not flushed"
        case .everything: ", and came back with an empty disk"
        }
    }
}

extension StoreFate {
    fileprivate var sentence: String {
        switch self {
        case .failsBeforeCommit: "failed before the commit"
        case .failsAfterCommit: "was committed, and its answer was lost"
        case .conflict: "was aborted at its commit, because of a concurrent one"
        case .slow(let delay): "took \(delay.brief) longer"
        }
    }
}

extension ProviderFate {
    fileprivate var sentence: String {
        switch self {
        case .unavailable: "was unavailable"
        case .lost: "never received it"
        case .answerLost: "did it, and its answer was lost"
        case .late(let delay): "answered \(delay.brief) late"
        case .declined: "declined"
        case .answersTwice: "answered twice"
        }
    }
}

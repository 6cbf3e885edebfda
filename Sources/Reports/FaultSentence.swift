import Harness

extension FaultAction {
    /// What happened, for a reader who does not know how plans are spelled.
    var sentence: String {
        switch self {
        case .crashBroker(let broker, _, let time, let isLosingTail):
            "broker \(broker) crashed for \(time)" + (isLosingTail ? ", losing what it had not flushed" : "")
        case .crashController(_, let time): "the controller crashed for \(time)"
        case .partition(let from, let to, _, let time, let isOneWay):
            "nothing got from \(from.joined(separator: ", ")) to \(to.joined(separator: ", "))"
                + (isOneWay ? "" : " nor back") + " for \(time)"
        case .loseMessage(let place): "message \(place.number) from \(place.from) to \(place.to) was lost"
        case .delayMessage(let place, let delay):
            "message \(place.number) from \(place.from) to \(place.to) was held up for \(delay)"
        case .duplicateRecord(let place, let delay): "\(place.sentence) was sent again after \(delay)"
        case .delayRecord(let place, let delay): "\(place.sentence) was sent \(delay) late"
        case .reorderRecord(let place, let delay): "\(place.sentence) was sent \(delay) late, after its successors"
        case .poison(let kind, let topic, _, _): "a stranger wrote poison to \(topic): \(kind.rawValue)"
        case .crashInstance(let instance, let effect, let time):
            "\(instance) crashed before its effect \(effect), for \(time)"
        case .store(let instance, let transaction, let fate):
            "transaction \(transaction) of \(instance) \(fate.sentence)"
        case .provider(let place, let fate):
            "call \(place.number) of \(place.service) for \(place.subject): the provider \(fate.sentence)"
        case .providerOutage(let service, _, let time): "the provider that \(service) calls was down for \(time)"
        }
    }
}

extension RecordPlace {
    fileprivate var sentence: String { "record \(number) of \(key) in \(topic)" }
}

extension StoreFate {
    fileprivate var sentence: String {
        switch self {
        case .failsBeforeCommit: "failed before the commit"
        case .failsAfterCommit: "was committed, and its answer was lost"
        case .slow(let delay): "took \(delay) longer"
        }
    }
}

extension ProviderFate {
    fileprivate var sentence: String {
        switch self {
        case .unavailable: "was unavailable"
        case .lost: "never received it"
        case .answerLost: "did it, and its answer was lost"
        case .late(let delay): "answered \(delay) late"
        case .declined: "declined"
        case .answersTwice: "answered twice"
        }
    }
}

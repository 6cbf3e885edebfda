import Simulation

extension FaultSpelling {
    /// Every kind of action, in the order in which they are documented.
    static let all: [FaultSpelling] = cluster + links + leadership + records + consumers + scaling + services + stores

    private typealias P = FaultParameters

    private static let cluster: [FaultSpelling] = [
        FaultSpelling(
            "crash-broker", "A broker crashes, and comes back after a while.",
            required: [P.broker, P.at, P.duration], optional: [P.loss]
        ) {
            .crashBroker($0.broker, at: $0.at, for: $0.time, losing: $0.loss)
        } fill: { parameters, action in
            guard case .crashBroker(let broker, let at, let time, let loss) = action else { return false }
            (parameters.broker, parameters.at, parameters.time) = (broker, at, time)
            parameters.loss = loss
            return true
        },
        FaultSpelling(
            "crash-controller", "Whichever broker is the controller at that moment crashes.",
            required: [P.at, P.duration]
        ) {
            .crashController(at: $0.at, for: $0.time)
        } fill: { parameters, action in
            guard case .crashController(let at, let time) = action else { return false }
            (parameters.at, parameters.time) = (at, time)
            return true
        },
        FaultSpelling(
            "partition", "Nothing gets from one group of machines to the other, nor back.",
            required: [P.fromMachines, P.toMachines, P.at, P.duration], optional: [P.oneWay]
        ) {
            .partition(from: $0.fromMachines, to: $0.toMachines, at: $0.at, for: $0.time, oneWay: $0.isOneWay)
        } fill: { parameters, action in
            guard case .partition(let from, let to, let at, let time, let isOneWay) = action else { return false }
            (parameters.fromMachines, parameters.toMachines) = (from, to)
            (parameters.at, parameters.time, parameters.isOneWay) = (at, time, isOneWay)
            return true
        },
        FaultSpelling(
            "lose-message", "A message on the network is lost with its connection.",
            required: [P.from, P.to, P.message]
        ) {
            .loseMessage(MessagePlace(from: $0.from, to: $0.to, number: $0.message))
        } fill: { parameters, action in
            guard case .loseMessage(let place) = action else { return false }
            (parameters.from, parameters.to, parameters.message) = (place.from, place.to, place.number)
            return true
        },
        FaultSpelling(
            "delay-message", "A message on the network is held up.",
            required: [P.from, P.to, P.message, P.time("by", "How long.")]
        ) {
            .delayMessage(MessagePlace(from: $0.from, to: $0.to, number: $0.message), by: $0.time)
        } fill: { parameters, action in
            guard case .delayMessage(let place, let time) = action else { return false }
            (parameters.from, parameters.to, parameters.message) = (place.from, place.to, place.number)
            parameters.time = time
            return true
        },
    ]

    /// Which record of its key in its topic.
    private static let record = [P.topic, P.key, P.ordinal("number", "Which record of this key and topic, from 1.")]

    private static let records: [FaultSpelling] = [
        FaultSpelling(
            "duplicate-record", "A record is sent again after a while.",
            required: record + [P.time("after", "How much later.")]
        ) {
            .duplicateRecord(RecordPlace(topic: $0.topic, key: $0.key, number: Int($0.number)), after: $0.time)
        } fill: { parameters, action in
            guard case .duplicateRecord(let place, let time) = action else { return false }
            parameters.set(place, time)
            return true
        },
        FaultSpelling(
            "delay-record", "A record is sent late; later ones of other keys pass it.",
            required: record + [P.time("by", "How late.")]
        ) {
            .delayRecord(RecordPlace(topic: $0.topic, key: $0.key, number: Int($0.number)), by: $0.time)
        } fill: { parameters, action in
            guard case .delayRecord(let place, let time) = action else { return false }
            parameters.set(place, time)
            return true
        },
        FaultSpelling(
            "reorder-record", "A record is sent late, and what follows it in its topic and key passes it.",
            required: record + [P.time("by", "How late.")]
        ) {
            .reorderRecord(RecordPlace(topic: $0.topic, key: $0.key, number: Int($0.number)), by: $0.time)
        } fill: { parameters, action in
            guard case .reorderRecord(let place, let time) = action else { return false }
            parameters.set(place, time)
            return true
        },
        FaultSpelling(
            "drop-record",
            "A record never reaches the log: its producer gives it up, or with `acks=0` takes it for delivered.",
            required: record + [P.time("after", "How much later the producer says so.")]
        ) {
            .dropRecord(RecordPlace(topic: $0.topic, key: $0.key, number: Int($0.number)), after: $0.time)
        } fill: { parameters, action in
            guard case .dropRecord(let place, let time) = action else { return false }
            parameters.set(place, time)
            return true
        },
        FaultSpelling(
            "redrive-dead-letters",
            "An operator sends every letter that a dead-letter topic holds back to where it came from.",
            required: [P.topic, P.at]
        ) {
            .redriveDeadLetters(topic: $0.topic, at: $0.at)
        } fill: { parameters, action in
            guard case .redriveDeadLetters(let topic, let at) = action else { return false }
            (parameters.topic, parameters.at) = (topic, at)
            return true
        },
        FaultSpelling(
            "poison", "A stranger writes a record that nobody can process.",
            required: [P.poison, P.topic, P.at, P.number("number", "Chooses the content.")]
        ) {
            .poison($0.poison, topic: $0.topic, at: $0.at, number: $0.number)
        } fill: { parameters, action in
            guard case .poison(let kind, let topic, let at, let number) = action else { return false }
            (parameters.poison, parameters.topic, parameters.at, parameters.number) = (kind, topic, at, number)
            return true
        },
    ]

    private static let services: [FaultSpelling] = [
        FaultSpelling(
            "crash-instance", "A service instance crashes before it carries out an effect, and restarts.",
            required: [
                P.instance, P.number("before-effect", "Which effect of the instance in the run, from 1."),
                P.time("restart-after", "How long it stays down."),
            ]
        ) {
            .crashInstance($0.instance, beforeEffect: $0.number, restartAfter: $0.time)
        } fill: { parameters, action in
            guard case .crashInstance(let instance, let effect, let time) = action else { return false }
            (parameters.instance, parameters.number, parameters.time) = (instance, effect, time)
            return true
        },
        FaultSpelling(
            "kill-instance", "A service instance is killed, whatever it is doing (SIGKILL), and starts again.",
            required: [P.instance, P.at, P.time("restart-after", "How long it stays down.")]
        ) {
            .killInstance($0.instance, at: $0.at, restartAfter: $0.time)
        } fill: { parameters, action in
            guard case .killInstance(let instance, let at, let time) = action else { return false }
            (parameters.instance, parameters.at, parameters.time) = (instance, at, time)
            return true
        },
        FaultSpelling(
            "fail-handler", "The handler of a record fails, for a reason that may pass.",
            required: [
                P.reader, P.topic, P.key,
                P.ordinal(
                    "number", "Which time that the service is handed a record of this key and topic, from 1."),
            ],
            optional: [P.times]
        ) {
            .failHandler(
                HandlingPlace(service: $0.service, topic: $0.topic, key: $0.key, number: Int($0.number)),
                times: $0.times)
        } fill: { parameters, action in
            guard case .failHandler(let place, let times) = action else { return false }
            (parameters.service, parameters.topic, parameters.key) = (place.service, place.topic, place.key)
            (parameters.number, parameters.times) = (UInt64(clamping: place.number), times)
            return true
        },
        FaultSpelling(
            "store", "The store does something wrong with a transaction.",
            required: [
                P.instance, P.number("transaction", "Which transaction of the instance, from 1."), P.storeFate,
            ],
            optional: [P.time("by", "How much longer a slow transaction takes.")]
        ) {
            .store($0.instance, transaction: $0.number, $0.storeFate.fate(by: $0.time))
        } fill: { parameters, action in
            guard case .store(let instance, let transaction, let fate) = action else { return false }
            (parameters.instance, parameters.number) = (instance, transaction)
            parameters.storeFate = .init(fate)
            if case .slow(let time) = fate { parameters.time = time }
            return true
        },
        FaultSpelling(
            "provider", "A provider does something wrong with a call.",
            required: [
                P.service, P.subject, P.ordinal("number", "Which call of the service for the subject, from 1."),
                P.providerFate,
            ],
            optional: [P.time("by", "How late a late answer comes.")]
        ) {
            .provider(
                CallPlace(service: $0.service, subject: $0.subject, number: Int($0.number)),
                $0.providerFate.fate(by: $0.time))
        } fill: { parameters, action in
            guard case .provider(let place, let fate) = action else { return false }
            (parameters.service, parameters.subject) = (place.service, place.subject)
            parameters.number = UInt64(clamping: place.number)
            parameters.providerFate = .init(fate)
            if case .late(let time) = fate { parameters.time = time }
            return true
        },
        FaultSpelling(
            "provider-outage", "A provider answers no calls for a while, and does nothing.",
            required: [P.service, P.at, P.duration]
        ) {
            .providerOutage(service: $0.service, at: $0.at, for: $0.time)
        } fill: { parameters, action in
            guard case .providerOutage(let service, let at, let time) = action else { return false }
            (parameters.service, parameters.at, parameters.time) = (service, at, time)
            return true
        },
    ]
}

extension FaultParameters {
    fileprivate mutating func set(_ place: RecordPlace, _ time: Duration) {
        (topic, key, number) = (place.topic, place.key, UInt64(clamping: place.number))
        self.time = time
    }
}

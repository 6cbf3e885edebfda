import Simulation

extension FaultSpelling {
    private typealias P = FaultParameters

    /// What happens to links beside loss, and to brokers that are stopped.
    static let links: [FaultSpelling] = [
        FaultSpelling(
            "duplicate-message", "A client's request arrives twice, one right behind the other.",
            required: [P.from, P.to, P.message]
        ) {
            .duplicateMessage(MessagePlace(from: $0.from, to: $0.to, number: $0.message))
        } fill: { parameters, action in
            guard case .duplicateMessage(let place) = action else { return false }
            (parameters.from, parameters.to, parameters.message) = (place.from, place.to, place.number)
            return true
        },
        FaultSpelling(
            "slow-link", "Everything from one group of machines to the other takes longer for a while, and back.",
            required: [P.fromMachines, P.toMachines, P.amount, P.at, P.duration], optional: [P.oneWay]
        ) {
            .slowLink(
                from: $0.fromMachines, to: $0.toMachines, by: $0.amount, at: $0.at, for: $0.time, oneWay: $0.isOneWay)
        } fill: { parameters, action in
            guard case .slowLink(let from, let to, let delay, let at, let time, let isOneWay) = action else {
                return false
            }
            (parameters.fromMachines, parameters.toMachines, parameters.amount) = (from, to, delay)
            (parameters.at, parameters.time, parameters.isOneWay) = (at, time, isOneWay)
            return true
        },
        FaultSpelling(
            "pause-broker",
            "A broker is stopped and goes on later (SIGSTOP, SIGCONT), perhaps as a leader that has a successor.",
            required: [P.broker, P.at, P.duration]
        ) {
            .pauseBroker($0.broker, at: $0.at, for: $0.time)
        } fill: { parameters, action in
            guard case .pauseBroker(let broker, let at, let time) = action else { return false }
            (parameters.broker, parameters.at, parameters.time) = (broker, at, time)
            return true
        },
        FaultSpelling(
            "elect-unclean",
            "An operator has any live replica lead a partition that nobody leads; what that one lacks is lost.",
            required: [P.topic, P.partition, P.at]
        ) {
            .electUnclean(topic: $0.topic, partition: $0.partition, at: $0.at)
        } fill: { parameters, action in
            guard case .electUnclean(let topic, let partition, let at) = action else { return false }
            (parameters.topic, parameters.partition, parameters.at) = (topic, partition, at)
            return true
        },
    ]

    /// What operators and clocks do to instances.
    static let scaling: [FaultSpelling] = [
        FaultSpelling(
            "scale",
            "A service is scaled for a while: instances join, or those with the highest numbers stop in an orderly way.",
            required: [P.scaled, P.count, P.at, P.duration]
        ) {
            .scale(service: $0.service, to: $0.count, at: $0.at, for: $0.time)
        } fill: { parameters, action in
            guard case .scale(let service, let count, let at, let time) = action else { return false }
            (parameters.service, parameters.count, parameters.at, parameters.time) = (service, count, at, time)
            return true
        },
        FaultSpelling(
            "skew-clock",
            "The clock of an instance is wrong for a while: it jumps when that begins, and back when it ends.",
            required: [P.instance, P.clockError, P.at, P.duration], optional: [P.behind]
        ) {
            .skewClock(
                $0.instance, by: Duration(nanoseconds: $0.amount.nanoseconds * ($0.isBehind ? -1 : 1)), at: $0.at,
                for: $0.time)
        } fill: { parameters, action in
            guard case .skewClock(let instance, let error, let at, let time) = action else { return false }
            (parameters.instance, parameters.at, parameters.time) = (instance, at, time)
            (parameters.amount, parameters.isBehind) = (Duration(nanoseconds: abs(error.nanoseconds)), error < .zero)
            return true
        },
    ]

    /// What happens to all transactions of a store.
    static let stores: [FaultSpelling] = [
        FaultSpelling(
            "full-disk", "The disk of a service's store is full for a while: no transaction can be committed.",
            required: [P.owner, P.at, P.duration]
        ) {
            .fullDisk(service: $0.service, at: $0.at, for: $0.time)
        } fill: { parameters, action in
            guard case .fullDisk(let service, let at, let time) = action else { return false }
            (parameters.service, parameters.at, parameters.time) = (service, at, time)
            return true
        }
    ]
}

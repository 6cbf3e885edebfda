import Simulation

extension FaultSpelling {
    private typealias P = FaultParameters

    /// What happens to disks and leaders.
    static let leadership: [FaultSpelling] = [
        FaultSpelling(
            "slow-disk", "A broker takes longer to write for a while.",
            required: [P.broker, P.at, P.duration], optional: [P.factor]
        ) {
            .slowDisk($0.broker, at: $0.at, for: $0.time, factor: $0.factor)
        } fill: { parameters, action in
            guard case .slowDisk(let broker, let at, let time, let factor) = action else { return false }
            (parameters.broker, parameters.at, parameters.time, parameters.factor) = (broker, at, time, factor)
            return true
        },
        FaultSpelling(
            "move-leader", "Another replica becomes the leader of a partition, if it is in sync.",
            required: [P.topic, P.partition, P.target, P.at]
        ) {
            .moveLeader(topic: $0.topic, partition: $0.partition, to: $0.broker, at: $0.at)
        } fill: { parameters, action in
            guard case .moveLeader(let topic, let partition, let broker, let at) = action else { return false }
            (parameters.topic, parameters.partition) = (topic, partition)
            (parameters.broker, parameters.at) = (broker, at)
            return true
        },
        FaultSpelling(
            "move-coordinator", "The consumer group of a service gets another coordinator.",
            required: [P.group, P.at]
        ) {
            .moveCoordinator(service: $0.service, at: $0.at)
        } fill: { parameters, action in
            guard case .moveCoordinator(let service, let at) = action else { return false }
            (parameters.service, parameters.at) = (service, at)
            return true
        },
        FaultSpelling(
            "add-partitions",
            "An operator gives a topic more partitions: from then on, records of a key may go to another one.",
            required: [P.topic, P.total, P.at]
        ) {
            .addPartitions(topic: $0.topic, total: $0.partition, at: $0.at)
        } fill: { parameters, action in
            guard case .addPartitions(let topic, let total, let at) = action else { return false }
            (parameters.topic, parameters.partition, parameters.at) = (topic, total, at)
            return true
        },
    ]

    /// What happens to the members of consumer groups.
    static let consumers: [FaultSpelling] = [
        FaultSpelling(
            "freeze-instance",
            "A service instance is stopped and goes on later (SIGSTOP, SIGCONT): a zombie, if its group did not wait.",
            required: [P.instance, P.at, P.duration]
        ) {
            .freezeInstance($0.instance, at: $0.at, for: $0.time)
        } fill: { parameters, action in
            guard case .freezeInstance(let instance, let at, let time) = action else { return false }
            (parameters.instance, parameters.at, parameters.time) = (instance, at, time)
            return true
        },
        FaultSpelling(
            "stall-consumer",
            "A service instance does not poll its consumer for a while; `max.poll.interval.ms` puts it out.",
            required: [P.instance, P.at, P.duration]
        ) {
            .stallConsumer($0.instance, at: $0.at, for: $0.time)
        } fill: { parameters, action in
            guard case .stallConsumer(let instance, let at, let time) = action else { return false }
            (parameters.instance, parameters.at, parameters.time) = (instance, at, time)
            return true
        },
        FaultSpelling(
            "rebalance-storm", "A consumer joins the group of a service and leaves it, again and again.",
            required: [P.group, P.at, P.duration]
        ) {
            .rebalanceStorm(service: $0.service, at: $0.at, for: $0.time)
        } fill: { parameters, action in
            guard case .rebalanceStorm(let service, let at, let time) = action else { return false }
            (parameters.service, parameters.at, parameters.time) = (service, at, time)
            return true
        },
    ]
}

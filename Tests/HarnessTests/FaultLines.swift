import Harness
import Kafka
import Services
import Simulation
import VirtualKafka

/// The whole fault catalogue: a line for every kind of action, several where a kind has several effects.
extension FaultLine {
    static let all = brokers + network + records + groups + instances + stores + providers

    private static let moment = RunResult.moment
    private static let parcels = TopicPartition(TopicID(rawValue: 0), 0)

    private static let brokers: [FaultLine] = [
        FaultLine("crash-broker", [.crashBroker(1, at: moment, for: .seconds(2), losing: .everything)]) { run, _ in
            run.sees { if case .brokerCrashed(0) = $0 { true } else { false } }
                && run.sees { if case .brokerRestarted(0) = $0 { true } else { false } }
        },
        FaultLine("crash-controller", [.crashController(at: moment, for: .seconds(4))]) { run, _ in
            run.sees { if case .controllerElected(let broker) = $0 { broker != 0 } else { false } }
        },
        FaultLine("slow-disk", [.slowDisk(1, at: moment, for: .seconds(4), factor: 3_000)]) { run, calm in
            run.slowestAcknowledgement > calm.slowestAcknowledgement + .milliseconds(250)
        },
        FaultLine("pause-broker", "beyond its session", [.pauseBroker(2, at: moment, for: .seconds(8))]) {
            $0.cluster.brokerSessionTimeout = .seconds(3)
        } effect: { run, calm in
            run.sees { if case .brokerFenced(1) = $0 { true } else { false } }
                && run.sees { if case .brokerUnfenced(1) = $0 { true } else { false } }
                && !run.sees { if case .brokerCrashed = $0 { true } else { false } }
        },
        FaultLine("pause-broker", "not beyond it", [.pauseBroker(2, at: moment, for: .seconds(1))]) { run, calm in
            !run.sees { if case .brokerFenced = $0 { true } else { false } }
                && run.slowestAcknowledgement > calm.slowestAcknowledgement + .milliseconds(500)
        },
        FaultLine("pause-broker", "the controller", [.pauseBroker(1, at: moment, for: .seconds(5))]) { run, _ in
            run.sees { if case .controllerElected(let broker) = $0 { broker != 0 } else { false } }
        },
        // What is lost was acknowledged; here, the depot has read it before.
        FaultLine("elect-unclean", uncleanElection) {
            // The follower falls behind, and the only one that has everything dies; the rest of the brokers has a
            // controller.
            $0.cluster.brokers = 5
            $0.cluster.replicationFactor = 2
            $0.cluster.minInsyncReplicas = 1
            $0.cluster.replicaLagTimeMax = .seconds(1)
            $0.cluster.brokerSessionTimeout = .seconds(2)
        } effect: { run, calm in
            run.sees { if case .recordsLost(parcels, _, _) = $0 { true } else { false } }
                && !calm.sees { if case .recordsLost = $0 { true } else { false } }
        },
        FaultLine("move-leader", [.moveLeader(topic: "parcels", partition: 0, to: 2, at: moment)]) { run, _ in
            run.sees { if case .leaderElected(parcels, broker: 1, _) = $0 { true } else { false } }
        },
        FaultLine("move-coordinator", [.moveCoordinator(service: "depot", at: moment)]) { run, _ in
            run.observations.count { if case .leaderElected = $0 { true } else { false } } == 1
        },
        FaultLine("add-partitions", [.addPartitions(topic: "parcels", total: 9, at: moment)]) {
            $0.clients = [("topic.metadata.refresh.interval.ms", "1000")]
        } effect: { run, _ in
            run.appended(to: "parcels").contains { $0.place.partition >= 3 }
        },
    ]

    private static let uncleanElection: [FaultAction] = [
        .partition(from: ["broker 1"], to: ["broker 2"], at: moment, for: .seconds(12), oneWay: false),
        .crashBroker(1, at: .zero + .seconds(5), for: .seconds(8), losing: .nothing),
        .electUnclean(topic: "parcels", partition: 0, at: .zero + .seconds(11)),
    ]

    private static let desk = ["counter/1", "counter/2"]
    private static func message(_ number: UInt32) -> MessagePlace {
        MessagePlace(from: "client", to: "counter/1", number: number)
    }

    private static let network: [FaultLine] = [
        FaultLine(
            "partition", "both ways",
            [.partition(from: ["client"], to: desk, at: moment, for: .seconds(3), oneWay: false)]
        ) { run, _ in
            !run.answers.contains { $0 > moment + .milliseconds(50) && $0 < moment + .seconds(3) }
        },
        FaultLine(
            "partition", "one way: the answers are lost",
            [.partition(from: desk, to: ["client"], at: moment, for: .seconds(3), oneWay: true)]
        ) { run, calm in
            !run.answers.contains { $0 > moment + .milliseconds(50) && $0 < moment + .seconds(3) }
                && run.appended(to: "parcels").contains { $0.at > moment + .seconds(1) && $0.at < moment + .seconds(2) }
        },
        FaultLine(
            "slow-link", "both ways",
            [.slowLink(from: ["client"], to: desk, by: .milliseconds(200), at: moment, for: .seconds(3), oneWay: false)]
        ) { run, calm in
            run.latencies(from: .seconds(2), to: .seconds(4)).allSatisfy { $0 > .milliseconds(400) }
                && run.latencies(from: .seconds(5)).allSatisfy { $0 < .milliseconds(300) }
        },
        FaultLine(
            "slow-link", "one way",
            [.slowLink(from: ["client"], to: desk, by: .milliseconds(200), at: moment, for: .seconds(3), oneWay: true)]
        ) { run, _ in
            run.latencies(from: .seconds(2), to: .seconds(4)).allSatisfy {
                $0 > .milliseconds(200) && $0 < .milliseconds(390)
            }
        },
        FaultLine("lose-message", [.loseMessage(message(9))]) { run, calm in
            calm.slowest < .seconds(1) && run.slowest > .seconds(2)
        },
        FaultLine("delay-message", [.delayMessage(message(9), by: .seconds(1))]) { run, calm in
            calm.slowest < .seconds(1) && run.slowest > .seconds(1)
        },
        FaultLine("duplicate-message", "a client's", [.duplicateMessage(message(9))]) { run, calm in
            calm.mostAnswers == 1 && run.mostAnswers == 2
        },
    ]

    private static let record = RecordPlace(topic: "parcels", key: "PARCEL-7", number: 1)

    /// How much later a parcel's record was written.
    private static func delay(_ run: RunResult, _ calm: RunResult) -> Duration {
        guard let late = run.appended(to: "parcels", key: "PARCEL-7").first,
            let usual = calm.appended(to: "parcels", key: "PARCEL-7").first
        else { return .zero }
        return late.at - usual.at
    }

    private static let records: [FaultLine] = [
        FaultLine("duplicate-record", [.duplicateRecord(record, after: .seconds(1))]) { run, _ in
            run.appended(to: "parcels", key: "PARCEL-7").count == 2
        },
        FaultLine("delay-record", [.delayRecord(record, by: .seconds(1))]) { run, calm in
            delay(run, calm) >= .milliseconds(990)
        },
        FaultLine("reorder-record", [.reorderRecord(record, by: .seconds(1))]) { run, calm in
            // Its sender has long taken it for delivered, and hears of no acknowledgement.
            guard let late = run.appended(to: "parcels", key: "PARCEL-7").first else { return false }
            return delay(run, calm) >= .milliseconds(990) && !run.isAcknowledged(late.place, late.offset)
        },
        FaultLine("drop-record", "with an outbox", [.dropRecord(record, after: .seconds(1))]) { run, calm in
            delay(run, calm) >= .seconds(1) && run.appended(to: "parcels", key: "PARCEL-7").count == 1
        },
        FaultLine("drop-record", "in a Kafka transaction", [.dropRecord(record, after: .seconds(1))]) {
            $0.system = courier { $0.publishing = .transactional }
        } effect: { run, calm in
            delay(run, calm) >= .seconds(1) && run.appended(to: "parcels", key: "PARCEL-7").count == 1
        },
        FaultLine("drop-record", "without an outbox", [.dropRecord(record, after: .seconds(1))], isSurvived: false) {
            $0.system = courier { $0.publishing = .dualWrite }
        } effect: { run, _ in
            run.appended(to: "parcels", key: "PARCEL-7").isEmpty
        },
        FaultLine(
            "drop-record", "without acknowledgements", [.dropRecord(record, after: .seconds(1))], isSurvived: false
        ) {
            $0.clients = [("enable.idempotence", "false"), ("acks", "0")]
        } effect: { run, _ in
            run.appended(to: "parcels", key: "PARCEL-7").isEmpty
        },
        FaultLine("poison", [.poison(.truncatedJSON, topic: "parcels", at: moment, number: 1)]) { run, calm in
            calm.appended(to: "parcels.dlq").isEmpty && run.appended(to: "parcels.dlq").count == 1
        },
        FaultLine(
            "redrive-dead-letters",
            [
                .poison(.empty, topic: "parcels", at: moment, number: 1),
                .redriveDeadLetters(topic: "parcels.dlq", at: .zero + .seconds(5)),
            ]
        ) { run, _ in
            run.appended(to: "parcels.dlq").count == 2
        },
    ]

    static func courier(_ configure: (inout RuntimePolicies) -> Void) -> Courier {
        var courier = Courier(parcels: 60, interval: .milliseconds(100))
        configure(&courier.policies)
        return courier
    }

    private static let groups: [FaultLine] = [
        FaultLine("freeze-instance", "beyond its session", [.freezeInstance("depot/1", at: moment, for: .seconds(9))]) {
            run, _ in run.sees { if case .memberEvicted = $0 { true } else { false } }
        },
        FaultLine("stall-consumer", [.stallConsumer("depot/2", at: moment, for: .seconds(12))]) {
            $0.clients = [("max.poll.interval.ms", "8000")]
        } effect: { run, _ in
            run.members.contains(1) && run.members.last == 2
        },
        FaultLine("rebalance-storm", [.rebalanceStorm(service: "depot", at: moment, for: .seconds(5))]) { run, calm in
            calm.members.isEmpty && run.members.count >= 4
        },
    ]
}

import Testing

@testable import ModelCheck

/// What the first programs that brought planted defects to light were shrunk to.
struct ShortProgram: Sendable, CustomTestStringConvertible {
    var name: String
    var program: Program

    var testDescription: String { name }

    private init(_ name: String, _ program: Program) {
        self.name = name
        self.program = program
    }

    static let all = [
        ShortProgram(
            "acknowledges before replication",
            Program(
                seed: 2,
                steps: [
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(2000), .restart(broker: 2)),
                ]
            ) {
                $0.producers = [[Setup.Property("linger.ms", "0")]]
            }),
        ShortProgram(
            "acknowledges before replication, seen by clients alone",
            Program(
                seed: 3,
                steps: [
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(0), .crash(broker: 1, losing: .nothing)),
                    Step(at: .microseconds(5_743_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(10_121_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(10_128_000), .crash(broker: 0, losing: .nothing)),
                ]
            ) {
                $0.brokers = 5
                $0.network.spike = 0.1
            }),
        ShortProgram(
            "moves the high watermark back",
            Program(
                seed: 2,
                steps: [
                    Step(at: .microseconds(0), .crash(broker: 2, losing: .nothing)),
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(75000), .restart(broker: 2)),
                    Step(at: .microseconds(77000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                ])),
        ShortProgram(
            "keeps its tail after a change of the leader",
            Program(
                seed: 3,
                steps: [
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(0), .crash(broker: 1, losing: .nothing)),
                    Step(at: .microseconds(5_750_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(10_121_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(10_128_000), .crash(broker: 0, losing: .nothing)),
                ]
            ) {
                $0.brokers = 5
                $0.network.spike = 0.1
            }),
        ShortProgram(
            "ignores sequences",
            Program(
                seed: 3,
                steps: [
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 2)),
                    Step(at: .microseconds(7000), .crash(broker: 0, losing: .nothing)),
                ]
            ) {
                $0.brokers = 5
                $0.producers = [[Setup.Property("enable.idempotence", "true")]]
            }),
        ShortProgram(
            "accepts a zombie's commit",
            Program(
                seed: 40,
                steps: [
                    Step(at: .microseconds(0), .startConsumer(1)),
                    Step(at: .microseconds(1000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(1000), .startConsumer(0)),
                    Step(at: .microseconds(1_152_000), .freeze(.consumer(1))),
                    Step(at: .microseconds(7_252_000), .thaw(.consumer(1))),
                    Step(at: .microseconds(7_252_000), .commit(by: 1, behind: 0)),
                ]
            ) {
                $0.consumers = [Setup.Member(group: 0, []), Setup.Member(group: 0, [])]
            }),
        ShortProgram(
            "accepts a zombie's commit, seen by clients alone",
            Program(
                seed: 5,
                steps: [
                    Step(at: .microseconds(0), .startConsumer(0)),
                    Step(at: .microseconds(0), .startConsumer(1)),
                    Step(at: .microseconds(18_140_000), .freeze(.consumer(0))),
                    Step(at: .microseconds(18_140_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(26_910_000), .thaw(.consumer(0))),
                    Step(at: .microseconds(26_910_000), .commit(by: 0, behind: 0)),
                ]
            ) {
                $0.topics = [
                    Setup.Topic(partitions: 2, replicas: 2, minInsync: 2),
                    Setup.Topic(partitions: 1, replicas: 3, minInsync: 2),
                ]
                $0.network.spike = 0.1
                $0.consumers = [Setup.Member(group: 0, []), Setup.Member(group: 0, [])]
            }),
        ShortProgram(
            "elects a leader outside of the in-sync set",
            Program(
                seed: 2,
                steps: [
                    Step(at: .microseconds(0), .crash(broker: 0, losing: .nothing)),
                    Step(at: .microseconds(0), .crash(broker: 2, losing: .nothing)),
                ])),
        ShortProgram(
            "elects a leader outside of the in-sync set, seen by clients alone",
            Program(
                seed: 50,
                steps: [
                    Step(at: .microseconds(0), .crash(broker: 0, losing: .nothing)),
                    Step(at: .microseconds(5_000_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(5_010_000), .crash(broker: 1, losing: .nothing)),
                    Step(at: .microseconds(7_010_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                ])),
        ShortProgram(
            "forgets sequences at fail-over",
            Program(
                seed: 16,
                steps: [
                    Step(at: .microseconds(0), .block(from: .broker(0), to: .broker(2))),
                    Step(at: .microseconds(0), .produce(by: 1, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(0), .block(from: .broker(3), to: .broker(0))),
                    Step(at: .microseconds(5_000_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                ]
            ) {
                $0.brokers = 4
                $0.producers = [[], [Setup.Property("enable.idempotence", "true")]]
            }),
        ShortProgram(
            "answers commits before replication",
            Program(
                seed: 2,
                steps: [
                    Step(at: .microseconds(0), .startConsumer(0)),
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 2)),
                    Step(at: .microseconds(1_000_000), .commit(by: 0, behind: 1)),
                    Step(at: .microseconds(1_000_000), .commit(by: 0, behind: 0)),
                ])),
        ShortProgram(
            "joins the in-sync set too early",
            Program(
                seed: 54,
                steps: [
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(0), .crash(broker: 1, losing: .nothing)),
                    Step(at: .microseconds(0), .restart(broker: 1)),
                    Step(at: .microseconds(5000), .produce(by: 0, topic: 0, key: 5, count: 5)),
                ]
            ) {
                $0.timing.replicaFetchMaxBytes = 64
                $0.producers = [[Setup.Property("linger.ms", "0")]]
            }),
        ShortProgram(
            "trusts brokers that were restarted",
            Program(
                seed: 2,
                steps: [
                    Step(at: .microseconds(0), .startConsumer(0)),
                    Step(at: .microseconds(608000), .crash(broker: 1, losing: .nothing)),
                    Step(at: .microseconds(608000), .restart(broker: 1)),
                    Step(at: .microseconds(610000), .restart(broker: 2)),
                ])),
        ShortProgram(
            "reads past the high watermark",
            Program(
                seed: 31,
                steps: [
                    Step(at: .microseconds(0), .startConsumer(0)),
                    Step(at: .microseconds(1_000_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(1_000_000), .block(from: .broker(0), to: .broker(1))),
                    Step(at: .microseconds(4_900_000), .crash(broker: 0, losing: .nothing)),
                ]
            ) {
                $0.producers = [[Setup.Property("message.timeout.ms", "4000")]]
            }),
        ShortProgram(
            "ignores the last stable offset",
            Program(
                seed: 3,
                steps: [
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(5_000_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(12_000_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                ]
            ) {
                $0.producers = [
                    [
                        Setup.Property("transactional.id", "transactions-0"),
                        Setup.Property("transaction.timeout.ms", "3000"),
                    ]
                ]
            }),
        ShortProgram(
            "assigns a partition twice",
            Program(
                seed: 1,
                steps: [
                    Step(at: .microseconds(0), .startConsumer(0)),
                    Step(at: .microseconds(0), .startConsumer(1)),
                ]
            ) {
                $0.consumers = [Setup.Member(group: 0, []), Setup.Member(group: 0, [])]
            }),
    ]
}

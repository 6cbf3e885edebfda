import Testing

@testable import ModelCheck

/// Programs that have broken the cluster once.
@Suite("Programs that failed once")
struct RegressionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var program: Program

        init(_ name: String, _ program: Program) {
            testDescription = name
            self.program = program
        }
    }

    static let cases = [
        Case(
            "an epoch without records of its own stood before older records in the epoch history of a follower",
            Program(
                seed: 7579,
                steps: [
                    Step(at: .microseconds(0), .crash(broker: 2, losing: .nothing)),
                    Step(at: .microseconds(1_170_000), .block(from: .broker(1), to: .broker(0))),
                    Step(at: .microseconds(1_580_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(1_580_000), .unblockAll),
                    Step(at: .microseconds(3_710_000), .crash(broker: 0, losing: .nothing)),
                ]
            ) {
                $0.timing.brokerSession = 1500
                $0.timing.replicaFetchBackoff = 1000
                $0.producers = [[Setup.Property("enable.idempotence", "true")]]
            }),
        Case(
            "a dead follower was taken back into the in-sync set",
            Program(
                seed: 2402,
                steps: [
                    Step(at: .microseconds(0), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(20_000), .crash(broker: 1, losing: .unflushedTail)),
                    Step(at: .microseconds(2_320_000), .crash(broker: 0, losing: .unflushedTail)),
                    Step(at: .microseconds(2_320_000), .crash(broker: 2, losing: .unflushedTail)),
                ]
            ) {
                $0.topics = [Setup.Topic(partitions: 1, replicas: 3, minInsync: 3)]
                $0.timing.replicaLag = 1000
            }),
        Case(
            "what a disk had lost did not count when it was committed afterwards",
            Program(
                seed: 7018,
                steps: [
                    Step(at: .microseconds(0), .startConsumer(0)),
                    Step(at: .microseconds(0), .crash(broker: 0, losing: .nothing)),
                    Step(at: .microseconds(1_570_000), .crash(broker: 2, losing: .unflushedTail)),
                    Step(at: .microseconds(1_570_000), .restart(broker: 0)),
                    Step(at: .microseconds(1_571_000), .crash(broker: 1, losing: .unflushedTail)),
                ])),
        Case(
            "five batches were sent behind one without an answer, and its retry was not recognised",
            Program(
                seed: 18_260,
                steps: [
                    Step(at: .microseconds(16_200_000), .produce(by: 0, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(16_200_000), .crash(broker: 1, losing: .nothing)),
                    Step(at: .microseconds(16_400_000), .produce(by: 0, topic: 0, key: 18, count: 1)),
                    Step(at: .microseconds(16_500_000), .produce(by: 1, topic: 0, key: -1, count: 5)),
                    Step(at: .microseconds(26_300_000), .produce(by: 0, topic: 0, key: 0, count: 5)),
                    Step(at: .microseconds(26_600_000), .produce(by: 1, topic: 0, key: -1, count: 1)),
                    Step(at: .microseconds(27_500_000), .produce(by: 1, topic: 0, key: 5, count: 1)),
                    Step(at: .microseconds(31_200_000), .restart(broker: 1)),
                    Step(at: .microseconds(33_000_000), .block(from: .broker(0), to: .broker(1))),
                ]
            ) {
                $0.brokers = 2
                $0.timing.replicaFetchBackoff = 50
                $0.timing.replicaFetchMaxBytes = 64
                $0.network.spike = 0.1
                $0.producers = [
                    [
                        Setup.Property("enable.idempotence", "true"), Setup.Property("linger.ms", "0"),
                        Setup.Property("request.timeout.ms", "1000"),
                    ], [Setup.Property("socket.timeout.ms", "3000")],
                ]
            }),
    ]

    /// Of the producers, each has its `transactional.id`.
    private static let transactional = Case(
        "a batch whose transaction was verified was appended by a broker that did not lead any more",
        Program(
            seed: 1114,
            steps: [
                Step(at: .zero, .produce(by: 0, topic: 0, key: -1, count: 1)),
                Step(at: .zero, .produce(by: 1, topic: 0, key: -1, count: 1)),
                Step(at: .zero, .cut(.broker(1), .broker(0))),
                Step(at: .milliseconds(28_600), .unblockAll),
                Step(at: .milliseconds(28_600), .produce(by: 1, topic: 0, key: -1, count: 1)),
                Step(at: .milliseconds(28_600), .produce(by: 0, topic: 0, key: 7, count: 1)),
                Step(at: .milliseconds(28_900), .unblockAll),
            ]
        ) {
            $0.topics = [Setup.Topic(partitions: 3, replicas: 3, minInsync: 2)]
            $0.timing.brokerSession = 9000
            $0.network.spike = 0.1
            $0.producers = [
                [Setup.Property("transactional.id", "transactions-0"), Setup.Property("linger.ms", "50")],
                [Setup.Property("transactional.id", "transactions-1")],
            ]
        })

    private static let deleted = Case(
        "a former leader kept a transaction open whose marker was deleted where it was not looking",
        Program(
            seed: 11351,
            steps: [
                Step(at: .milliseconds(16_600), .produce(by: 0, topic: 0, key: -1, count: 1)),
                Step(at: .milliseconds(18_500), .produce(by: 0, topic: 0, key: 6, count: 1)),
                Step(at: .milliseconds(18_500), .produce(by: 1, topic: 0, key: -1, count: 1)),
                Step(at: .milliseconds(18_500), .cut(.broker(0), .broker(1))),
                Step(at: .milliseconds(33_400), .produce(by: 1, topic: 0, key: -1, count: 1)),
                Step(at: .milliseconds(34_900), .crash(broker: 1, losing: .nothing)),
                Step(at: .milliseconds(106_600), .produce(by: 1, topic: 0, key: -1, count: 1)),
                Step(at: .milliseconds(106_620), .deleteRecords(topic: 0, partition: 1, keeping: 1)),
            ]
        ) {
            $0.topics = [Setup.Topic(partitions: 3, replicas: 3, minInsync: 2)]
            $0.timing.leaderImbalanceCheck = 2000
            $0.producers = [
                [Setup.Property("transactional.id", "transactions-0")], [Setup.Property("acks", "1")],
            ]
        })

    @Test("A program that failed once", arguments: cases + [transactional, deleted])
    func passes(_ program: Case) {
        let violation = Execution.run(program.program).violation
        #expect(violation == nil, "\(violation?.sentence ?? "")")
    }
}

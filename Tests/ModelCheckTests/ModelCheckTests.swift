import Simulation
import Testing
import VirtualKafka

@testable import ModelCheck

@Suite("Model check")
struct ModelCheckTests {
    @Test("Random programs break nothing", arguments: 0..<4)
    func nothingFound(block: UInt64) {
        for seed in block * 10 + 1...block * 10 + 10 {
            guard let violation = Counterexample.search(seed: seed).counterexample?.violation else { continue }
            Issue.record("seed \(seed): \(violation.sentence), at \(violation.at)")
        }
    }

    @Test("A program is a function of its seed, and so is what it does")
    func determinism() {
        #expect(Program.generated(seed: 7) == Program.generated(seed: 7))
        #expect(Program.generated(seed: 7) != Program.generated(seed: 8))
        let first = Execution.story(of: .generated(seed: 7))
        #expect(first.count > 200)
        #expect(Execution.story(of: .generated(seed: 7)) == first)
    }

    @Test("Programs have the wanted number of steps, in order of time, and over many seeds every kind of step")
    func generation() {
        var kinds = Array(repeating: 0, count: Action.Kind.allCases.count)
        for seed in 1...50 as ClosedRange<UInt64> {
            let program = Program.generated(seed: seed, steps: 200)
            #expect(program.steps.count == 200)
            #expect(zip(program.steps, program.steps.dropFirst()).allSatisfy { $0.at <= $1.at })
            for step in program.steps { kinds[step.action.kind.rawValue] += 1 }
        }
        for kind in Action.Kind.allCases { #expect(kinds[kind.rawValue] > 0, "\(kind)") }
    }

    @Test("Faults really happen, and most records get through")
    func statistics() {
        var total = Statistics()
        for seed in 1...15 as ClosedRange<UInt64> { total += Counterexample.search(seed: seed).statistics }
        #expect(total.programs == 15)
        #expect(total.steps == 3_000)
        #expect(total.delivered > total.produced / 2)
        #expect(total.elections > 50)
        #expect(total.truncations > 0)
        #expect(total.evictions > 0)
        #expect(total.lostMessages > 0)
        #expect(total.consumed > total.delivered)
    }

    @Test("A program prints as Swift that says what differs from the simplest setup")
    func description() {
        let program = Program(
            seed: 3,
            steps: [
                Step(at: .milliseconds(5), .produce(by: 0, topic: 0, key: -1, count: 2)),
                Step(at: .microseconds(6_500), .cut(.broker(1), .consumer(0))),
            ]
        ) {
            $0.brokers = 5
            $0.producers = [[Setup.Property("acks", "1")]]
        }
        #expect(
            program.description == """
                Program(
                    seed: 3,
                    steps: [
                        Step(at: .microseconds(5000), .produce(by: 0, topic: 0, key: -1, count: 2)),
                        Step(at: .microseconds(6500), .cut(.broker(1), .consumer(0))),
                    ]
                ) {
                    $0.brokers = 5
                    $0.producers = [[Setup.Property("acks", "1")]]
                }
                """)
    }

    @Test("What makes no sense at the moment does nothing")
    func senselessSteps() {
        let program = Program(
            seed: 1,
            steps: [
                Step(at: .zero, .produce(by: 9, topic: 0, key: 0, count: 1)),
                Step(at: .zero, .produce(by: 0, topic: 9, key: 0, count: 1)), Step(at: .zero, .killProducer(0)),
                Step(at: .zero, .closeConsumer(0)), Step(at: .zero, .commit(by: 4, behind: 0)),
                Step(at: .zero, .restart(broker: 0)), Step(at: .zero, .crash(broker: 7, losing: .unflushedTail)),
                Step(at: .zero, .cut(.broker(8), .producer(3))), Step(at: .zero, .thaw(.consumer(0))),
                Step(at: .zero, .pause(0)),
            ])
        let (violation, statistics) = Execution.run(program)
        #expect(violation == nil)
        #expect(statistics.actions.allSatisfy { $0 == 0 })
    }
}

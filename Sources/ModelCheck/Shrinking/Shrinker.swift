import Simulation
import VirtualKafka

/// Makes a program that fails shorter and simpler, as long as it fails in the same way: delta debugging of the steps
/// (Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*, 2002), then simpler values and a simpler
/// setup, until nothing can be taken away.
package struct Shrinker: Sendable {
    private let kind: String
    private let defects: PlantedDefects
    private let judges: Execution.Judges
    private(set) var program: Program
    /// How many programs may be run.
    private var budget: Int

    private static let strategy = "partition.assignment.strategy"

    /// The shortest program found for a violation.
    package static func shrink(
        _ program: Program, _ violation: Violation, defects: PlantedDefects = [],
        judges: Execution.Judges = .both, budget: Int = 3_000
    ) -> Program {
        var shrinker = Shrinker(
            kind: violation.kind, defects: defects, judges: judges, program: program, budget: budget)
        shrinker.shrink(endingAt: violation.at)
        return shrinker.program
    }

    private mutating func shrink(endingAt moment: Duration) {
        accept { $0.steps.removeAll { $0.at > moment } }
        removeKinds()
        removeSteps(inRunsOf: max(1, program.steps.count / 2))
        while true {
            let weight = program.weight
            simplifySetup()
            simplifySteps()
            shorten()
            // What is simpler may need fewer steps.
            guard program.weight < weight, budget > 0 else { return }
            removeSteps(inRunsOf: 2)
        }
    }

    /// Keeps a change when the program still fails in the same way.
    @discardableResult
    private mutating func accept(_ change: (inout Program) -> Void) -> Bool {
        var candidate = program
        change(&candidate)
        guard candidate != program, budget > 0 else { return false }
        budget -= 1
        guard Execution.run(candidate, defects: defects, judges: judges).violation?.kind == kind else { return false }
        program = candidate
        return true
    }

    // MARK: Steps

    /// Takes out all steps of a kind: most kinds have nothing to do with the failure.
    private mutating func removeKinds() {
        for kind in Action.Kind.allCases { accept { $0.steps.removeAll { $0.action.kind == kind } } }
    }

    /// Takes out ever shorter runs of steps, the last ones first; single steps as long as that gets anywhere.
    private mutating func removeSteps(inRunsOf longest: Int) {
        var length = longest
        while true {
            var end = program.steps.count
            var isShorter = false
            while end > 0 {
                let start = max(0, end - length)
                let range = start..<min(end, program.steps.count)
                if accept({ $0.steps.removeSubrange(range) }) { isShorter = true }
                end = start
            }
            if length > 1 {
                length /= 2
            } else if !isShorter || budget == 0 {
                return
            }
        }
    }

    private mutating func simplifySteps() {
        for index in program.steps.indices {
            for simpler in program.steps[index].action.simpler {
                if accept({ $0.steps[index].action = simpler }) { break }
            }
        }
    }

    /// Less time between steps, and rounder times.
    private mutating func shorten() {
        for index in program.steps.indices {
            let gap = program.steps[index].at - (index > 0 ? program.steps[index - 1].at : .zero)
            for shorter in [.zero, gap / 4, gap / 2] as [Duration] where shorter < gap {
                let excess = gap - shorter
                if accept({ program in
                    for later in index..<program.steps.count {
                        program.steps[later].at = program.steps[later].at - excess
                    }
                }) {
                    break
                }
            }
        }
        for unit in [1_000, 100, 10, 1] as [Int64] {
            accept { program in
                for index in program.steps.indices {
                    program.steps[index].at = .milliseconds(program.steps[index].at.milliseconds / unit * unit)
                }
            }
        }
    }

    // MARK: Setup

    private mutating func simplifySetup() {
        let simplest = Setup()
        accept { $0.setup.timing = simplest.timing }
        accept { $0.setup.network = simplest.network }
        accept { $0.setup.brokers = 3 }
        accept { $0.setup.topics = simplest.topics }
        for topic in program.setup.topics.indices { accept { $0.setup.topics[topic] = Setup.Topic() } }
        accept { $0.setup.topics = Array($0.setup.topics.prefix(1)) }
        for topic in program.setup.topics.indices { accept { $0.setup.topics[topic].partitions = 1 } }
        simplifyTiming(simplest.timing)
        accept { $0.setup.network.spike = 0 }
        accept { $0.setup.network.requestLoss = 0 }
        accept { $0.setup.network.responseLoss = 0 }
        simplifyClients()
    }

    private mutating func simplifyTiming(_ simplest: Setup.Timing) {
        accept { $0.setup.timing.brokerSession = simplest.brokerSession }
        accept { $0.setup.timing.replicaLag = simplest.replicaLag }
        accept { $0.setup.timing.logFlush = simplest.logFlush }
        accept { $0.setup.timing.watermarkCheckpoint = simplest.watermarkCheckpoint }
        accept { $0.setup.timing.leaderImbalanceCheck = simplest.leaderImbalanceCheck }
        accept { $0.setup.timing.initialRebalanceDelay = simplest.initialRebalanceDelay }
        accept { $0.setup.timing.replicaFetchBackoff = simplest.replicaFetchBackoff }
        accept { $0.setup.timing.replicaFetchMaxBytes = simplest.replicaFetchMaxBytes }
    }

    private mutating func simplifyClients() {
        while program.setup.producers.count > 1, accept({ $0.setup.producers.removeLast() }) {}
        while program.setup.consumers.count > 1, accept({ $0.setup.consumers.removeLast() }) {}
        for producer in program.setup.producers.indices {
            for property in program.setup.producers[producer].indices.reversed() {
                accept { $0.setup.producers[producer].remove(at: property) }
            }
        }
        // The members of a group have to agree on it.
        accept { program in
            for consumer in program.setup.consumers.indices {
                program.setup.consumers[consumer].properties.removeAll { $0.name == Self.strategy }
            }
        }
        for consumer in program.setup.consumers.indices {
            accept { $0.setup.consumers[consumer].group = 0 }
            for property in program.setup.consumers[consumer].properties.indices.reversed()
            where program.setup.consumers[consumer].properties[property].name != Self.strategy {
                accept { $0.setup.consumers[consumer].properties.remove(at: property) }
            }
        }
    }
}

extension Program {
    /// How much there is of it: what shrinking makes smaller.
    fileprivate var weight: Int {
        let properties = setup.producers.joined().count + setup.consumers.map(\.properties.count).reduce(0, +)
        return steps.count * 100 + setup.producers.count + setup.consumers.count + setup.topics.count + properties
    }
}

extension Action {
    /// The same with simpler values, the simplest first.
    fileprivate var simpler: [Action] {
        switch self {
        case .produce(let producer, _, let key, let count):
            [
                .produce(by: 0, topic: 0, key: -1, count: 1), .produce(by: producer, topic: 0, key: -1, count: 1),
                .produce(by: producer, topic: 0, key: key, count: 1),
                .produce(by: producer, topic: 0, key: -1, count: count),
                .produce(by: 0, topic: 0, key: key, count: count),
            ].filter { $0 != self }
        case .startConsumer(let consumer) where consumer > 0: [.startConsumer(0)]
        case .commit(let consumer, let behind) where behind > 0: [.commit(by: consumer, behind: 0)]
        case .crash(let broker, .unflushedTail): [.crash(broker: broker, losing: .nothing)]
        case .crash(let broker, .everything):
            [.crash(broker: broker, losing: .nothing), .crash(broker: broker, losing: .unflushedTail)]
        case .cut(let from, let to): [.block(from: from, to: to), .block(from: to, to: from)]
        default: []
        }
    }
}

import Simulation
import VirtualKafka

extension Program {
    /// The program of a seed, of so many steps.
    ///
    /// Each seed draws which kinds of steps and faults are on at all, and how strong: with everything on in every
    /// program, one fault hides what another brings to light.
    package static func generated(seed: UInt64, steps: Int = 200) -> Program {
        let draws = Draws(seed: seed).substream(Purpose("model check program"))
        let setup = SetupGenerator(draws: draws).setup()
        var generator = Generator(draws: draws, setup: setup)
        return Program(seed: seed, setup: setup, steps: generator.steps(steps))
    }
}

/// Draws the steps of a program, one after the other.
struct Generator {
    private let draws: Draws
    private let setup: Setup
    private var weights: [Int]
    private let meanGap: Int64
    private let keys: Int
    private let mayLoseData: [Bool]
    private let mostDown: Int
    private var now = Duration.zero
    private var isUp: [Bool]
    private var frozen: [Machine] = []
    /// What comes next, whatever is drawn, and how soon.
    private var follower: (action: Action, gap: Duration)?

    private static let swarm = Purpose("model check swarm")
    private static let choice = Purpose("model check step")
    private static let detail = Purpose("model check detail")
    private static let gap = Purpose("model check gap")

    init(draws: Draws, setup: Setup) {
        self.draws = draws
        self.setup = setup
        let brokers = setup.brokers
        weights = Action.Kind.allCases.map { kind in
            let factor = [0, 1, 1, 3][draws.index(below: 4, Self.swarm, UInt64(kind.rawValue))]
            // A static member that comes back while its topic grows is not told of it by anybody.
            if kind == .addPartition, setup.hasStaticMembers { return 0 }
            return Self.weight(of: kind) * (kind.isFault ? factor : max(1, factor))
        }
        meanGap = [3, 40, 150, 400, 1_000][draws.index(below: 5, Self.swarm, 100)]
        keys = [1, 3, 20][draws.index(below: 3, Self.swarm, 101)]
        // No disk forgets anything, or one does, or all may.
        let forgetful = draws.index(below: brokers, Self.swarm, 102)
        let recklessness = draws.index(below: 6, Self.swarm, 103)
        mayLoseData = (0..<brokers).map { recklessness == 5 || (recklessness >= 3 && $0 == forgetful) }
        mostDown = [1, max(1, (brokers - 1) / 2), brokers][draws.index(below: 3, Self.swarm, 104)]
        isUp = Array(repeating: true, count: brokers)
    }

    private static func weight(of kind: Action.Kind) -> Int {
        switch kind {
        case .produce: 60
        case .commitTransaction: 10
        case .abortTransaction: 3
        case .commit: 20
        case .rewind: 2
        case .stopPolling: 1
        case .poll: 2
        case .deleteRecords, .addPartition: 1
        case .pause: 2
        case .resume: 3
        case .startConsumer: 6
        case .closeConsumer: 2
        case .killConsumer: 2
        case .killProducer: 1
        case .crash, .crashLosingTail: 4
        case .crashLosingDisk: 1
        case .restart: 8
        case .cut, .block: 4
        case .unblockAll: 5
        case .freeze: 4
        case .thaw: 4
        }
    }

    mutating func steps(_ count: Int) -> [Step] {
        var steps: [Step] = []
        for consumer in setup.consumers.indices where steps.count < count / 2 {
            steps.append(Step(at: now, .startConsumer(consumer)))
        }
        while steps.count < count {
            let number = UInt64(steps.count)
            let action = follower?.action ?? action(number)
            now = now + (follower?.gap ?? gap(number))
            follower = nil
            note(action, number)
            steps.append(Step(at: now, action))
        }
        return steps
    }

    /// Mostly short, now and then long enough for timeouts.
    private func gap(_ number: UInt64) -> Duration {
        switch draws.index(below: 100, Self.gap, number) {
        case 0..<30: .zero
        case 97...: draws.duration(in: .milliseconds(1_000)...(.milliseconds(8_000)), Self.gap, number, 1)
        default: draws.duration(in: .milliseconds(0)...(.milliseconds(2 * meanGap)), Self.gap, number, 1)
        }
    }

    private func index(_ count: Int, _ number: UInt64, _ what: UInt64) -> Int {
        draws.index(below: count, Self.detail, number, what)
    }

    private func action(_ number: UInt64) -> Action {
        var remaining = draws.index(below: weights.reduce(0, +), Self.choice, number)
        for kind in Action.Kind.allCases {
            remaining -= weights[kind.rawValue]
            if remaining < 0 { return action(kind, number) }
        }
        preconditionFailure("a draw lies below the sum of the weights")
    }

    private func action(_ kind: Action.Kind, _ number: UInt64) -> Action {
        let producer = index(setup.producers.count, number, 1)
        let consumer = index(setup.consumers.count, number, 2)
        let broker = index(setup.brokers, number, 3)
        switch kind {
        case .produce: return produce(by: producer, number)
        case .commitTransaction: return .endTransaction(by: producer, commits: true)
        case .abortTransaction: return .endTransaction(by: producer, commits: false)
        case .commit: return .commit(by: consumer, behind: [0, 0, 1, 3][index(4, number, 4)])
        case .pause: return .pause(consumer)
        case .resume: return .resume(consumer)
        case .rewind: return .rewind(consumer, records: 1 + index(5, number, 16))
        case .stopPolling: return .stopPolling(consumer)
        case .poll: return .poll(consumer)
        case .deleteRecords:
            return .deleteRecords(
                topic: index(setup.topics.count, number, 6), partition: index(3, number, 17),
                keeping: index(6, number, 18))
        case .addPartition: return .addPartition(topic: index(setup.topics.count, number, 6))
        case .startConsumer: return .startConsumer(consumer)
        case .closeConsumer: return .closeConsumer(consumer)
        case .killConsumer: return .killConsumer(consumer)
        case .killProducer: return .killProducer(producer)
        case .crash where mayCrash: return .crash(broker: broker, losing: .nothing)
        case .crashLosingTail where mayCrash:
            return .crash(broker: broker, losing: mayLoseData[broker] ? .unflushedTail : .nothing)
        case .crashLosingDisk where mayCrash:
            return .crash(broker: broker, losing: mayLoseData[broker] ? .everything : .nothing)
        case .cut: return .cut(.broker(broker), other(than: broker, number))
        case .block: return block(broker, number)
        case .unblockAll: return .unblockAll
        case .freeze: return .freeze(client(number))
        case .thaw: return .thaw(frozen.isEmpty ? client(number) : frozen[index(frozen.count, number, 14)])
        case .restart, .crash, .crashLosingTail, .crashLosingDisk:
            let down = isUp.indices.filter { !isUp[$0] }
            return .restart(broker: down.isEmpty ? broker : down[index(down.count, number, 5)])
        }
    }

    private func produce(by producer: Int, _ number: UInt64) -> Action {
        .produce(
            by: producer, topic: index(setup.topics.count, number, 6), key: index(keys + 1, number, 7) - 1,
            count: [1, 1, 2, 5][index(4, number, 8)])
    }

    private var mayCrash: Bool { isUp.count { !$0 } < mostDown }

    private func client(_ number: UInt64) -> Machine {
        let index = index(setup.producers.count + setup.consumers.count, number, 9)
        return index < setup.producers.count ? .producer(index) : .consumer(index - setup.producers.count)
    }

    /// Another broker, or a client.
    private func other(than broker: Int, _ number: UInt64) -> Machine {
        guard setup.brokers > 1, index(3, number, 10) > 0 else { return client(number) }
        return .broker((broker + 1 + index(setup.brokers - 1, number, 11)) % setup.brokers)
    }

    private func block(_ broker: Int, _ number: UInt64) -> Action {
        let other = other(than: broker, number)
        return index(2, number, 12) == 0
            ? .block(from: .broker(broker), to: other) : .block(from: other, to: .broker(broker))
    }

    /// Keeps in mind who runs. A consumer may be stopped until its group has gone on without it; and when it goes on, it
    /// likes to commit what it did before.
    private mutating func note(_ action: Action, _ number: UInt64) {
        switch action {
        case .crash(let broker, _): isUp[broker] = false
        case .restart(let broker): isUp[broker] = true
        case .freeze(let machine):
            frozen.append(machine)
            guard case .consumer = machine, index(3, number, 15) == 0 else { return }
            let gap = draws.duration(in: .milliseconds(6_000)...(.milliseconds(15_000)), Self.gap, number, 2)
            follower = (.thaw(machine), gap)
        case .thaw(let machine):
            frozen.removeAll { $0 == machine }
            guard case .consumer(let consumer) = machine, index(2, number, 13) == 0 else { return }
            follower = (.commit(by: consumer, behind: 0), .milliseconds(Int64(number % 3)))
        default: break
        }
    }
}

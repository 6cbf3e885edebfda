import Kafka
import Simulation
import Testing
import VirtualKafka

/// Random groups under random faults. Members come and go, freeze, stop polling and take their time to give partitions
/// up, while brokers crash, links break and coordinators move: the invariants hold at every step, and once everything is
/// healed the members share all partitions and read all records.
@Suite("Random groups")
struct RandomGroupTests {
    private static let purpose = Purpose("random group")
    private static let partitions = 5

    @Test("One owner per partition and generation, whatever happens", arguments: 0..<5)
    func groups(block: Int) {
        for seed in (block * 6)..<(block * 6 + 6) { run(seed: UInt64(seed)) }
    }

    private struct Member {
        var client: ClientID
        var node: NodeID
        var instance: String?
    }

    /// One run's own randomness: a draw is named by the step and a number.
    private struct Dice {
        let draws: Draws
        var step: UInt64 = 0

        func roll(_ bound: Int, _ number: UInt64) -> Int {
            draws.index(below: bound, RandomGroupTests.purpose, step, number)
        }
    }

    private func run(seed: UInt64) {
        var dice = Dice(draws: Draws(seed: seed &+ 4_000))
        var network = NetworkConditions()
        if seed % 3 == 2 {
            network.requestLoss = 0.01
            network.responseLoss = 0.01
        }
        var driver = Driver(partitions: Self.partitions, seed: seed, network: network) {
            $0.brokerSessionTimeout = .seconds(3)
        }
        driver.completesRevocations = seed % 4 != 3
        let producer = driver.producer(idempotent)
        let strategy = ["range,roundrobin", "cooperative-sticky", "roundrobin"][Int(seed % 3)]
        var members = (0..<2).map { join(&driver, strategy, instance: seed % 2 == 1 ? "m\($0)" : nil) }
        var tag: UInt64 = 0
        for step in 0..<50 as Range<UInt64> {
            dice.step = step
            for _ in 0..<dice.roll(4, 0) {
                driver.produce(tag, key: "\(tag)", by: producer)
                tag += 1
            }
            disturb(&driver, &members, strategy, dice)
            driver.run(for: .milliseconds(Int64(1 + dice.roll(2_500, 1))))
            restartFenced(&driver, &members, strategy)
            work(&driver, members, dice)
            let broken = driver.cluster.checkInvariants()
            #expect(broken == [], "seed \(seed), step \(step)")
            if !broken.isEmpty { return }
        }
        heal(&driver, members)
        restartFenced(&driver, &members, strategy)
        // A last rebalance. Without one, what a static cooperative member was to give up when it was started again belongs
        // to nobody, in Kafka too: its new life has nothing to give up, and so does not join again.
        members.append(join(&driver, strategy, instance: nil))
        driver.run(for: .seconds(60))
        judge(driver, members, produced: tag, seed: seed)
    }

    private func join(_ driver: inout Driver, _ strategy: String, instance: String?) -> Member {
        var properties: [(name: String, value: String)] = [
            ("partition.assignment.strategy", strategy), ("max.poll.interval.ms", "8000"),
        ]
        if let instance { properties.append(("group.instance.id", instance)) }
        let (client, node) = driver.consumer(properties)
        return Member(client: client, node: node, instance: instance)
    }

    /// A coordinator that takes over before a generation is in its log knows static members by the ids of their former
    /// lives, and fences the present ones, as in Kafka. A fatal error is answered by starting the process again.
    private func restartFenced(_ driver: inout Driver, _ members: inout [Member], _ strategy: String) {
        for (number, member) in members.enumerated() where driver.fatal.contains(where: { $0.client == member.client })
        {
            driver.act { cluster, now, _ in cluster.kill(node: member.node, at: now) }
            members[number] = join(&driver, strategy, instance: member.instance)
        }
    }

    /// Applications finish what they were asked to give up, and commit now and then.
    private func work(_ driver: inout Driver, _ members: [Member], _ dice: Dice) {
        for (number, member) in members.enumerated() {
            if dice.roll(3, 20 + UInt64(number)) == 0 {
                driver.act { $0.completeRevocation(by: member.client, at: $1, into: &$2) }
            }
            guard dice.roll(3, 30 + UInt64(number)) == 0 else { continue }
            driver.act { $0.commitStored(tag: 1, by: member.client, at: $1, into: &$2) }
        }
    }

    private func disturb(_ driver: inout Driver, _ members: inout [Member], _ strategy: String, _ dice: Dice) {
        let number = dice.roll(members.count, 2)
        let member = members[number]
        let broker = dice.roll(3, 3)
        switch dice.roll(14, 4) {
        case 0 where members.count < 5:
            members.append(join(&driver, strategy, instance: member.instance == nil ? nil : "m\(10 + dice.step)"))
        case 1 where members.count > 1:
            driver.act { $0.close(member.client, at: $1, into: &$2) }
            members.remove(at: number)
        case 2:
            // A new life of the same process, perhaps under the same name.
            driver.act { cluster, now, _ in cluster.kill(node: member.node, at: now) }
            members[number] = join(&driver, strategy, instance: member.instance)
        case 3, 4:
            let isFrozen = dice.roll(2, 5) == 0
            driver.act { $0.setFrozen(node: member.node, isFrozen, at: $1, into: &$2) }
        case 5, 6:
            driver.setPolling(dice.roll(2, 6) == 0, by: member.client)
        case 7 where (0..<3).allSatisfy { driver.cluster.isBrokerUp($0) }:
            driver.crash(broker)
        case 8, 9:
            for broker in 0..<3 { driver.restart(broker) }
        case 10:
            driver.cut(.broker(broker), member.node)
        case 11:
            driver.cluster.network.unblockAll()
        case 12:
            driver.act { $0.moveCoordinator(of: "shipping", at: $1, into: &$2) }
        default:
            break
        }
    }

    private func heal(_ driver: inout Driver, _ members: [Member]) {
        driver.cluster.network.conditions = NetworkConditions()
        driver.cluster.network.unblockAll()
        for broker in 0..<3 { driver.restart(broker) }
        driver.completesRevocations = true
        for member in members {
            driver.act { $0.setFrozen(node: member.node, false, at: $1, into: &$2) }
            driver.setPolling(true, by: member.client)
            driver.act { $0.completeRevocation(by: member.client, at: $1, into: &$2) }
        }
        driver.run(for: .seconds(30))
    }

    private func judge(_ driver: Driver, _ members: [Member], produced: UInt64, seed: UInt64) {
        #expect(driver.cluster.checkInvariants() == [], "seed \(seed)")
        let held = driver.shares(members.map(\.client)).flatMap { $0 }
        #expect(held.sorted() == Array(0..<Int32(Self.partitions)), "seed \(seed): every partition has an owner")
        #expect(driver.cluster.describeGroup("shipping")?.members.count == members.count, "seed \(seed): no ghosts")
        let read = Set(driver.received.flatMap(\.records).map { Driver.tag(of: $0.record) })
        #expect(read.count == Int(produced), "seed \(seed): everything is read")
    }
}

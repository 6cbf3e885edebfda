import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Determinism and forks")
struct DeterminismTests {
    private func busy(seed: UInt64, network: NetworkConditions = NetworkConditions()) -> Driver {
        var driver = Driver(seed: seed, network: network)
        let producer = driver.producer(idempotent)
        _ = driver.consumer()
        _ = driver.consumer()
        for tag in 0..<200 as Range<UInt64> {
            driver.produce(tag, key: "\(tag % 11)", by: producer)
            driver.run(for: .milliseconds(30))
            if tag == 50 { driver.crash(1) }
            if tag == 120 { driver.restart(1) }
        }
        return driver
    }

    @Test("The same seed gives the same trace, another seed another one")
    func sameSeed() {
        #expect(busy(seed: 5).hash == busy(seed: 5).hash)
        #expect(busy(seed: 5).hash != busy(seed: 6).hash)
    }

    @Test("Rates of zero and unused ranges change nothing")
    func zeroRates() {
        var conditions = NetworkConditions()
        conditions.spikeDelay = .seconds(1)...(.seconds(2))
        #expect(busy(seed: 5).hash == busy(seed: 5, network: conditions).hash)
    }

    @Test("What struck by a rate, written down as a plan, gives the same run without the rates")
    func ratesBecomePlans() {
        var conditions = NetworkConditions()
        conditions.requestLoss = 0.003
        conditions.responseLoss = 0.003
        conditions.spike = 0.01
        let original = busy(seed: 8, network: conditions)
        let fired = original.cluster.network.firedFates
        #expect(!fired.isEmpty)
        var replay = Driver(seed: 8)
        replay.cluster.network.plannedFates = Dictionary(uniqueKeysWithValues: fired.map { ($0.message, $0.fate) })
        let producer = replay.producer(idempotent)
        _ = replay.consumer()
        _ = replay.consumer()
        for tag in 0..<200 as Range<UInt64> {
            replay.produce(tag, key: "\(tag % 11)", by: producer)
            replay.run(for: .milliseconds(30))
            if tag == 50 { replay.crash(1) }
            if tag == 120 { replay.restart(1) }
        }
        #expect(replay.hash == original.hash)
    }

    @Test("A fork goes its own way, and the original does not notice")
    func forks() {
        let original = busy(seed: 3)
        var undisturbed = original
        undisturbed.run(for: .seconds(20))
        var branch = original
        branch.crash(0)
        branch.run(for: .seconds(20))
        var later = original
        later.run(for: .seconds(20))
        #expect(later.hash == undisturbed.hash)
        #expect(branch.hash != undisturbed.hash)
    }
}

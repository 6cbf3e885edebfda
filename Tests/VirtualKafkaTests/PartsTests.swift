import Kafka
import Simulation
import Testing

@testable import VirtualKafka

/// What takes more luck to reach from outside than a test can wait for.
@Suite("Parts of brokers and clients")
struct PartsTests {
    @Test("Only the answer to the last attempt says that a proposed in-sync set was refused")
    func lateRefusal() {
        var driver = Driver(partitions: 1)
        driver.run(for: .seconds(1))
        let leader = driver.leader()!
        let controller = driver.cluster.controller!
        let proposal = BrokerSet([0, 1, 2])
        driver.cluster.brokers[leader].replicas[0].proposedISR = proposal
        driver.cluster.brokers[leader].replicas[0].proposalAttempts = 2
        for (attempt, expected) in [(1, proposal), (2, nil)] as [(Int32, BrokerSet?)] {
            let image = driver.cluster.quorum.image
            driver.cluster.brokers[leader].handleAlterPartitionResponse(
                .invalidRequest, 0, attempt, image, from: controller, &driver.cluster.fabric)
            #expect(driver.cluster.brokers[leader].replicas[0].proposedISR == expected)
        }
    }

    @Test("A client that was woken now and wants to be woken now is woken later")
    func clockAdvances() {
        var driver = Driver(partitions: 1)
        _ = driver.producer()
        driver.run(for: .seconds(1))
        var core = driver.cluster.producers[0].core
        var fabric = driver.cluster.fabric
        fabric.now = driver.now
        for isSecond in [false, true] {
            core.wake(at: driver.now, &fabric)
            #expect((fabric.output.scheduled.last!.at > driver.now) == isSecond)
            let isWoken = isSecond || core.isWoken(at: driver.now)
            #expect(isWoken)
        }
    }

    @Test("A hint about the controller that is not newer than the last one known is not believed")
    func hints() {
        var contact = ControllerContact(of: 0)
        func next() -> Int { contact.next(among: 3) }
        contact.learn(2, epoch: 4)
        #expect(next() == 2)
        contact.lose(2)
        #expect(next() == 0)
        contact.denied(by: 0, hint: 2, epoch: 4)
        #expect(next() == 1)
        contact.denied(by: 1, hint: 0, epoch: 5)
        #expect(next() == 0)
        // No answer: a link is blocked.
        #expect(next() == 1)
        #expect(contact.known == -1)
    }
}

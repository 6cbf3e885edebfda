import Kafka
import Simulation
import Testing

@testable import VirtualKafka

/// The invariants find what they are for, and nothing else.
@Suite("Group invariants")
struct GroupInvariantTests {
    private let first = TopicPartition(Driver.orders, 0)

    private func settled(_ defects: PlantedDefects = []) -> (driver: Driver, members: [ClientID]) {
        var driver = Driver(partitions: 2) { $0.defects = defects }
        let members = [driver.consumer().client, driver.consumer().client]
        driver.run(for: .seconds(8))
        return (driver, members)
    }

    @Test("A partition that is given to two members")
    func assignedTwice() {
        let (driver, _) = settled(.assignsTwice)
        let broken = driver.cluster.checkInvariants()
        #expect(broken.contains { $0.contains("assigned twice") })
        #expect(broken.contains { $0.contains("has two owners") })
        #expect(settled().driver.cluster.checkInvariants() == [])
    }

    @Test("A commit that its coordinator has forgotten, or that is not in its log")
    func lostCommit() {
        var (driver, members) = settled()
        driver.commit([(driver.cluster.assignment(of: members[0])[0], 7)], tag: 1, by: members[0])
        driver.run(for: .seconds(1))
        #expect(driver.cluster.checkInvariants() == [])
        let broker = driver.cluster.coordinator(of: "shipping")!
        let place = driver.cluster.fabric.topology.number(of: driver.cluster.assignment(of: members[0])[0])!
        driver.cluster.brokers[broker].coordinator.groups[0].offsets[place] = 3
        #expect(driver.cluster.checkInvariants().contains { $0.contains("tells 3") })
        let partition = driver.cluster.fabric.groupPartitions[0]
        let end = driver.cluster.brokers[broker].replicas[partition].log.endOffset
        driver.cluster.brokers[broker].replicas[partition].log.truncate(to: end - 1)
        #expect(driver.cluster.checkInvariants().contains { $0.contains("not in the log of its coordinator") })
    }

    @Test("A commit from a generation that is over")
    func lateCommit() {
        for defects in [PlantedDefects.acceptsZombieCommits, []] {
            var driver = Driver(partitions: 2) { $0.defects = defects }
            let (a, nodeA) = driver.consumer()
            _ = driver.consumer()
            driver.run(for: .seconds(8))
            driver.act { $0.setFrozen(node: nodeA, true, at: $1, into: &$2) }
            driver.run(for: .seconds(15))
            driver.commit([(first, 5)], tag: 9, by: a)
            driver.act { $0.setFrozen(node: nodeA, false, at: $1, into: &$2) }
            driver.run(for: .seconds(2))
            let isFound = driver.cluster.checkInvariants().contains { $0.contains("a commit of generation") }
            #expect(isFound == !defects.isEmpty)
        }
    }

    @Test("A committed offset that goes back by itself; one that goes back because the application says so is fine")
    func movedBack() {
        var (driver, members) = settled()
        let held = driver.cluster.assignment(of: members[0])[0]
        driver.commit([(held, 7)], tag: 1, by: members[0])
        driver.run(for: .seconds(1))
        driver.commit([(held, 3)], tag: 2, by: members[0])
        driver.run(for: .seconds(1))
        #expect(driver.committedOffset(held.partition) == 3)
        #expect(driver.cluster.checkInvariants() == [])
        // An older commit of the same member is repeated, which its client would never do.
        let broker = driver.cluster.coordinator(of: "shipping")!
        let commit = OffsetCommitRequest(
            reference: driver.cluster.consumers[0].reference,
            offsets: [CommittedOffset(partition: Int32(driver.cluster.fabric.topology.number(of: held)!), offset: 1)],
            mayMoveBack: false)
        let requester = driver.cluster.consumers[0].core.requester
        driver.act { cluster, now, output in
            cluster.begin(now, &output)
            cluster.fabric.request(.offsetCommit(commit), from: requester, to: broker, correlation: .max)
            cluster.end(&output)
        }
        driver.run(for: .seconds(1))
        #expect(driver.cluster.checkInvariants().contains { $0.contains("moved back from 3 to 1") })
    }
}

import Kafka
import Simulation
import Testing

@testable import VirtualKafka

@Suite("Group coordinators")
struct CoordinatorTests {
    private let first = TopicPartition(Driver.orders, 0)

    @Test(
        "Session timeouts out of the brokers' range are refused, and the application is told",
        arguments: ["5999", "6000"])
    func sessionTimeout(value: String) {
        var driver = Driver(partitions: 1)
        let (a, _) = driver.consumer([("session.timeout.ms", value), ("heartbeat.interval.ms", "1000")])
        driver.run(for: .seconds(6))
        #expect(Set(driver.errors.map(\.error)) == (value == "5999" ? [.invalidSessionTimeout] : []))
        #expect(driver.shares([a]).map(\.count) == [value == "5999" ? 0 : 1])
    }

    @Test("A full group takes nobody in until somebody leaves")
    func fullGroup() {
        var driver = Driver(partitions: 4) { $0.groupMaxSize = 2 }
        let members = [driver.consumer().client, driver.consumer().client]
        driver.run(for: .seconds(8))
        let (third, _) = driver.consumer()
        driver.run(for: .seconds(8))
        #expect(Set(driver.errors.map(\.error)) == [.groupMaxSizeReached])
        #expect(driver.shares(members + [third]).map(\.count) == [2, 2, 0])
        driver.act { $0.close(members[0], at: $1, into: &$2) }
        driver.run(for: .seconds(8))
        #expect(driver.shares([members[1], third]).map(\.count) == [2, 2])
    }

    /// What a broker answers at once to a request that no client here would send, on the first consumer's connection.
    private func answer(_ driver: inout Driver, _ body: RequestBody, by broker: Int) -> ResponseBody? {
        var fabric = driver.cluster.fabric
        fabric.now = driver.now
        fabric.request(body, from: driver.cluster.consumers[0].core.requester, to: broker, correlation: .max)
        guard case .request(let origin, _, _)? = fabric.output.scheduled.last?.event.kind else { return nil }
        driver.cluster.brokers[broker].receive(body, from: origin, &fabric)
        guard case .response(_, _, let answer)? = fabric.output.scheduled.last?.event.kind else { return nil }
        return answer
    }

    @Test("Strangers and former generations are told what they are")
    func memberErrors() {
        var driver = Driver(partitions: 2)
        _ = driver.consumer()
        driver.run(for: .seconds(6))
        let reference = driver.cluster.consumers[0].reference
        var stranger = reference
        stranger.member = MemberID(rawValue: 4_711)
        var former = reference
        former.generation -= 1
        let broker = driver.cluster.coordinator(of: "shipping")!
        for (member, expected) in [
            (reference, ErrorCode.none), (stranger, .unknownMemberID), (former, .illegalGeneration),
        ] {
            guard case .heartbeat(let heartbeat)? = answer(&driver, .heartbeat(member), by: broker),
                case .syncGroup(let sync, _)? = answer(
                    &driver, .syncGroup(SyncGroupRequest(reference: member, assignments: [])), by: broker)
            else {
                Issue.record("no answer")
                return
            }
            #expect([heartbeat, sync] == [expected, expected])
        }
    }

    @Test("A group must have a name")
    func emptyName() {
        var driver = Driver(partitions: 1)
        _ = driver.consumer()
        driver.run(for: .seconds(6))
        let group = driver.cluster.fabric.intern(group: "")
        let broker = driver.cluster.leader(
            of: driver.cluster.fabric.topology.partitions[driver.cluster.fabric.groupPartitions[group.index]])!
        let request = JoinGroupRequest(
            group: group, member: .none, instance: .none, sessionTimeout: .seconds(10), rebalanceTimeout: .seconds(60),
            strategies: [.range], subscription: Subscription(topics: [Driver.orders]))
        guard case .joinGroup(let response)? = answer(&driver, .joinGroup(request), by: broker) else {
            Issue.record("no answer")
            return
        }
        #expect(response.error == .invalidGroupID)
    }

    @Test("A coordinator that is moved takes the group with it: nobody is put out, nothing is lost")
    func move() {
        var driver = Driver(partitions: 2)
        let members = [driver.consumer().client, driver.consumer().client]
        driver.run(for: .seconds(8))
        driver.commit([(driver.cluster.assignment(of: members[0])[0], 7)], tag: 1, by: members[0])
        driver.run(for: .seconds(1))
        let before = driver.cluster.coordinator(of: "shipping")
        let isMoved = driver.act { $0.moveCoordinator(of: "shipping", at: $1, into: &$2) }
        #expect(isMoved)
        driver.run(for: .seconds(2))
        #expect(driver.cluster.coordinator(of: "shipping") != before)
        driver.run(for: .seconds(20))
        #expect(driver.shares(members).map(\.count) == [1, 1])
        #expect(driver.revocations.isEmpty)
        #expect(driver.cluster.describeGroup("shipping")?.generation == 1)
        driver.commit([(driver.cluster.assignment(of: members[0])[0], 9)], tag: 2, by: members[0])
        driver.run(for: .seconds(1))
        #expect(driver.committed.map(\.error) == [.none, .none])
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("What operators see: state, strategy, members, and how far the group is behind")
    func description() {
        var driver = Driver(partitions: 2)
        let (a, _) = driver.consumer([("group.instance.id", "shipping-1")])
        driver.run(for: .milliseconds(500))
        #expect(driver.cluster.describeGroup("shipping")?.state == .preparingRebalance)
        driver.run(for: .seconds(6))
        driver.fill(10)
        let filled: Int32 = driver.log(0).isEmpty ? 1 : 0
        driver.commit([(TopicPartition(Driver.orders, filled), 4)], tag: 1, by: a)
        driver.run(for: .seconds(1))
        let group = driver.cluster.describeGroup("shipping")
        #expect(group?.state == .stable)
        #expect(group?.strategy == .range)
        #expect(group?.coordinator == driver.cluster.coordinator(of: "shipping"))
        #expect(group?.members.map(\.client) == [a])
        #expect(group?.members.map(\.instance) == ["shipping-1"])
        #expect(group?.members.map(\.isLeader) == [true])
        #expect(group?.members.first?.partitions.count == 2)
        let lags = driver.cluster.lag(of: "shipping")
        #expect(lags.first { $0.partition.partition == filled }?.lag == 6)
        #expect(lags.first { $0.partition.partition != filled }?.lag == nil)
        #expect(lags.count == 2)
        #expect(driver.cluster.groups == ["shipping"])
        driver.act { $0.close(a, at: $1, into: &$2) }
        driver.run(for: .seconds(15))
        #expect(driver.cluster.describeGroup("shipping")?.state == .empty)
        #expect(driver.cluster.describeGroup("billing") == nil)
    }

    @Test("A commit during the last phase of a rebalance is told so")
    func commitDuringRebalance() {
        var driver = Driver(partitions: 2)
        let (a, _) = driver.consumer()
        driver.run(for: .seconds(6))
        let broker = driver.cluster.coordinator(of: "shipping")!
        driver.cluster.brokers[broker].coordinator.groups[0].phase = .completingRebalance
        driver.commit([(first, 1)], tag: 1, by: a)
        driver.run(for: .milliseconds(100))
        #expect(driver.committed.map(\.error) == [.rebalanceInProgress])
    }
}

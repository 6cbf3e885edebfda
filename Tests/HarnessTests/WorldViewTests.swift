import Harness
import Kafka
import Services
import Simulation
import Testing

/// A look into a world shows what is there, and leaves everything as it is.
@Suite("A view of a world")
struct WorldViewTests {
    @Test("shows stores, topics, groups and brokers")
    func parts() throws {
        var world = try World(Scenario(system: Courier(parcels: 5)), seed: 1)
        world.run()
        let view = world.view
        #expect(view.services.map(\.name) == ["counter", "depot"])
        let depot = try #require(view.services.last)
        #expect(depot.instances.map(\.name) == ["depot/1", "depot/2"])
        #expect(depot.instances.allSatisfy { $0.isUp && $0.life == 1 })
        let stamps = try #require(depot.table("stamps"))
        #expect(stamps.count == 5)
        #expect(stamps.rows.map(\.key) == (0..<5).map { "PARCEL-\($0)" })
        #expect(stamps.rows[2].json == #"{"key": "PARCEL-2", "stamps": 1}"#)
        #expect(stamps.rows[2].mentions("PARCEL-2") && !stamps.rows[2].mentions("PARCEL-1"))

        let parcels = try #require(view.topics.first)
        #expect(parcels.records.count == 5)
        #expect(parcels.records.contains { $0.key == "PARCEL-3" && $0.value == "PARCEL-3" })
        #expect(parcels.partitions.map(\.readableEnd).reduce(0, +) == 5)
        #expect(parcels.partitions.allSatisfy { $0.leader != nil && $0.inSync.sorted() == [1, 2, 3] })

        let stampers = view.group("stampers")
        #expect(stampers.state == "Stable")
        #expect(stampers.members.map(\.name).sorted() == ["depot/1", "depot/2"])
        #expect(stampers.members.flatMap(\.partitions).sorted() == ["parcels-0", "parcels-1", "parcels-2"])
        #expect(stampers.offsets.allSatisfy { $0.lag == 0 } && !stampers.offsets.isEmpty)
        #expect(view.brokers.count { $0.isController } == 1)
        #expect(view.brokers.flatMap(\.leads).count == 4)
        #expect(view.pending.isEmpty)
    }

    @Test("lists what stands for bytes, moments and longer keys as people read it")
    func rows() throws {
        var world = try World(Scenario(system: Courier(parcels: 1)), seed: 1)
        world.run(until: .zero + .milliseconds(3))
        let rows = world.view.services[1].tables.flatMap(\.rows).map(\.json)
        #expect(rows.contains { $0.contains(#""seenAt": "0."#) })
        #expect(!world.view.pending.isEmpty)
    }

    @Test("watches traffic without a change to the run")
    func traffic() throws {
        let plain = try Runner.run(.troubledCourier(), seed: 2)
        var world = try World(.troubledCourier(), seed: 2)
        world.watchTraffic()
        var passages: [Passage] = []
        while world.step() { passages += world.takePassages() }
        #expect(world.trace == plain.traceHash)
        #expect(passages.map(\.at) == passages.map(\.at).sorted())
        func count(_ matches: (Passage.Event) -> Bool) -> Int { passages.count { matches($0.event) } }
        #expect(
            count { if case .requestArrived(_, let place) = $0 { place.hasPrefix("counter/") } else { false } } >= 40)
        #expect(count { if case .recordSent = $0 { true } else { false } } >= 40)
        #expect(count { if case .recordsFetched("depot/1", _, _) = $0 { true } else { false } } > 0)
        #expect(count { if case .callArrived = $0 { true } else { false } } >= 40)
        #expect(count { if case .transactionEnded(_, _, let records) = $0 { !records.isEmpty } else { false } } >= 5)
        #expect(world.takePassages().isEmpty)
    }

    @Test("hears of the rows that a commit has changed, and of no others")
    func commits() throws {
        final class Names: RowSink {
            var keys: [String] = []
            func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) { keys.append("\(R.table) \(key)") }
        }
        var store = ValueStore()
        func changes() throws -> [String] {
            let names = Names()
            try store.lastCommit(to: names)
            return names.keys
        }
        #expect(try changes().isEmpty)
        let (one, two) = (Identifier(literal: "one"), Identifier(literal: "two"))
        store.set(StampRow(key: one, stamps: 1), for: one)
        store.set(InkRow(key: one), for: one)
        store.commit()
        #expect(store.commitCount == 1)
        #expect(try changes() == ["stamps one", "ink one"])
        store.set(StampRow(key: two, stamps: 1), for: two)
        let savepoint = store.savepoint
        store.set(InkRow(key: two), for: two)
        store.rollBack(to: savepoint)
        store.commit()
        #expect(try changes() == ["stamps two"])
        store.commit()
        #expect(try changes().isEmpty)
    }
}

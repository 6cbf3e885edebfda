import Kafka
import LiveTestSupport
import Simulation
import Stores
import Testing

@testable import Services

/// Instances of a service over every store.
@Suite(.ownThread) struct InstanceTests {
    private func count(_ key: String, in store: any ServiceStore) throws -> Int64? {
        try store.snapshot(of: [CountRow.self]).row(CountRow.self, #require(Identifier(key)))?.count
    }

    @Test(arguments: StoreKind.available)
    func `a record that fails takes back its own writes and no others`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let desk = Desk(try stores.open(), number: 1)
        try desk.start()
        try desk.receive([("a", "1"), ("a", "fail"), ("b", "2")])
        #expect(try count("a", in: desk.store) == 1)
        #expect(try count("b", in: desk.store) == nil)
        let values = try desk.store.snapshot(of: Instance.tables)
        #expect(values.rows(OutboxMessage.self).map(\.record.value) == [Array("1".utf8)])
        #expect(values.count(of: InboxRow.self) == 1)
        desk.store.close()
    }

    @Test(arguments: StoreKind.available)
    func `a row that is written ten times in a batch is stored once`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let desk = Desk(try stores.open(), number: 1)
        try desk.start()
        // The first record is a batch of its own; what arrives in the meantime would be the next.
        try desk.receive((0..<10).map { ("a", "\($0)") })
        #expect(try count("a", in: desk.store) == 10)
        // Ten of the inbox, ten of the outbox, the queue, the count.
        #expect(desk.writes.last == 22)
        desk.store.close()
    }

    @Test(arguments: StoreKind.available)
    func `the outbox keeps the order of every key over restarts and instances`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let first = Desk(try stores.open(), number: 1)
        try first.start()
        try first.receive((1...4).flatMap { [("a", "a\($0)"), ("b", "b\($0)"), ("c", "c\($0)")] })
        var sent: [(key: String, value: String)] = []
        // One message of each key is under way at a time.
        #expect(first.produced.map(\.value) == ["a1", "b1", "c1"])
        sent.append(try first.acknowledge())
        first.store.close()

        // Its next life goes on at once, sends the heads again that were under way, and dies too.
        let next = Desk(try stores.open(), number: 1, life: 2, at: first.now + .seconds(1))
        try next.start()
        try next.wait(.seconds(2))
        try next.receive([("a", "a5"), ("d", "d1")], from: 12)
        for _ in 0..<3 { sent.append(try next.acknowledge()) }
        next.store.close()

        // Another instance takes over what nobody sends.
        let second = Desk(try stores.open(), number: 2, at: next.now + .seconds(20))
        try second.start()
        try second.receive([("b", "b5")], from: 14)
        try second.wait(.seconds(10))
        while !second.produced.isEmpty { sent.append(try second.acknowledge()) }
        for key in ["a", "b", "c", "d"] {
            var values: [String] = []
            // A message whose acknowledgement was lost is sent again, before those after it.
            for message in sent where message.key == key && values.last != message.value {
                values.append(message.value)
            }
            #expect(values == (1...(key == "d" ? 1 : key == "c" ? 4 : 5)).map { "\(key)\($0)" })
        }
        let values = try second.store.snapshot(of: Instance.tables)
        #expect(values.count(of: OutboxMessage.self) == 0)
        #expect(values.count(of: OutboxQueue.self) == 0)
        second.store.close()
    }

    @Test(arguments: StoreKind.available)
    func `duplicates are recognised after a restart, and answers repeated`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let request = Request(
            id: 1, method: .post, path: "/", idempotencyKey: "k", body: Array("{\"schön\":true}".utf8) + [0, 255])
        for life in Int32(1)...2 {
            let desk = Desk(try stores.open(), number: 1, life: life)
            try desk.start()
            try desk.receive([("a", "1"), ("a", "2")])
            try desk.send(.request(request))
            #expect(desk.responses == [Response(status: 201, body: request.body)])
            #expect(try count("a", in: desk.store) == 2)
            desk.store.close()
        }
    }
}

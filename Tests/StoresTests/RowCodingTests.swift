import Foundation
import Harness
import Kafka
import LiveTestSupport
import OrderTestbed
import Orders
import Simulation
import Testing

@testable import Services
@testable import Stores

/// A row with everything that a row can have.
private struct Everything: Row {
    struct Part: Hashable, Codable {
        var isOpen: Bool
        var ratio: Double
    }

    static let table = "everything"
    var key: UniqueID
    var total: Money
    var owner: InstanceID?
    var topic: TopicID
    var lastURL: String?
    var delay: Duration
    var limit: Duration?
    var due: Instant?
    var raw: [UInt8]
    var seal: [UInt8]?
    var parts: [Part]
    var part: Part?
    var status: OrderStatus?
    var big: UInt64
    var flag: Bool?
    var small: Int8?
}

@Suite(.ownThread) struct RowCodingTests {
    /// Every type of row there is: those of all services of all blueprints.
    private static let rowTypes: [any Row.Type] = {
        var types: [any Row.Type] = Instance.tables + [Everything.self]
        for file in BlueprintLibrary.all {
            let system = OrderSystem(blueprint: file.blueprint)
            var topics = TopicTable()
            system.register(in: &topics)
            for service in system.services(topics: topics) { types += service.tables }
        }
        var seen: Set<ObjectIdentifier> = []
        return types.filter { seen.insert(ObjectIdentifier($0)).inserted }
    }()

    private static func roundTrip<R: Row>(_ type: R.Type, seed: UInt64) throws {
        let row = try RandomDecoder.make(R.self, seed: seed)
        let encoder = RowEncoder()
        let encoded = try encoder.encode(row)
        let names = encoded.columns.map(\.name)
        #expect(Set(names).count == names.count, "columns of \(R.table) clash: \(names)")
        let key = try encoder.encode(key: row.key).columns
        #expect(key.allSatisfy(encoded.columns.contains))
        let decoder = RowDecoder(table: R.table, columns: names, keyNames: key.map(\.name))
        #expect(try decoder.decode(R.self, from: encoded.values) == row)
        // What is missing must not change which columns a row has.
        let other = try encoder.encode(try RandomDecoder.make(R.self, seed: seed + 1_000_000))
        #expect(other.columns == encoded.columns)
    }

    @Test func `rows of every type are what they were`() throws {
        #expect(Self.rowTypes.count > 30)
        for (index, type) in Self.rowTypes.enumerated() {
            for seed in UInt64(0)..<40 { try Self.roundTrip(type, seed: seed << 16 | UInt64(index)) }
        }
    }

    private static func store<R: Row>(_ type: R.Type, in store: any ServiceStore, seed: UInt64) throws {
        // Rows of one key replace each other.
        var rows: [R.Key: R] = [:]
        for number in 0..<UInt64(8) {
            let row = try RandomDecoder.make(R.self, seed: seed << 8 | number)
            rows[row.key] = row
        }
        try store.transact { set in for row in rows.values { try set.set(row, for: row.key) } }
        try store.transact { set in
            for row in rows.values {
                let stored = try set.row(R.self, row.key)
                #expect(stored == row)
            }
            let count = try set.rows(R.self) { _ in true }.count
            #expect(count == rows.count)
        }
        let snapshot = try store.snapshot(of: [R.self])
        for row in rows.values { #expect(snapshot.row(R.self, row.key) == row) }
        try store.transact { set in for key in rows.keys { try set.set(R?.none, for: key) } }
        #expect(try store.snapshot(of: [R.self]).count(of: R.self) == 0)
    }

    @Test(arguments: StoreKind.available)
    func `rows of every type come back from the store as they were`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let store = try stores.open()
        for (index, type) in Self.rowTypes.enumerated() { try Self.store(type, in: store, seed: UInt64(index)) }
        store.close()
    }

    @Test func `columns have names that people expect`() throws {
        let row = try RandomDecoder.make(Everything.self, seed: 1)
        #expect(
            try RowEncoder().encode(row).columns.map(\.name) == [
                "id", "total_minor_units", "total_currency", "owner", "topic", "last_url", "delay_ns", "limit_ns",
                "due", "raw", "seal", "parts", "part", "status", "big", "flag", "small",
            ])
        let message = OutboxMessage(
            key: .init(queue: Identifier(literal: "ORD-1"), number: 3), id: UniqueID(high: 1, low: 2),
            topic: TopicID(rawValue: 4),
            record: Record(key: [1], value: nil, headers: [Header("a", "b"), Header(name: "c", value: [0xff])]))
        let encoded = try RowEncoder().encode(message)
        let fields = Dictionary(uniqueKeysWithValues: zip(encoded.columns.map(\.name), encoded.values))
        #expect(
            fields == [
                "queue": .text("ORD-1"), "number": .integer(3), "id": .text("00000000-0000-0001-0000-000000000002"),
                "topic": .integer(4), "record_key": .bytes([1]), "record_value": .null,
                "record_headers": .text(#"[{"name":"a","text":"b"},{"base64":"/w==","name":"c"}]"#),
                "record_timestamp_milliseconds": .integer(0),
            ])
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000000Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
        (951_827_696_000_000_001, "2000-02-29T12:34:56.000000001Z"),
        (Int64.max, "2262-04-11T23:47:16.854775807Z"), (Int64.min, "1677-09-21T00:12:43.145224192Z"),
    ])
    func `times are written as ISO 8601`(_ nanoseconds: Int64, _ text: String) {
        #expect(InstantText.text(of: Instant(nanoseconds: nanoseconds)) == text)
        #expect(InstantText.instant(text) == Instant(nanoseconds: nanoseconds))
    }

    @Test func `times sort as their texts do`() {
        let source = RandomDecoder.Source(seed: 3)
        let times = (0..<2_000).map { _ in Instant(nanoseconds: source.integer()) }.sorted()
        let texts = times.map(InstantText.text)
        #expect(texts == texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(texts.map(InstantText.instant) == times)
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-01-01T00:00:00.000000000", "1970-02-30T00:00:00.000000000Z",
        "1970-01-01 00:00:00.000000000Z", "1970-01-01T25:00:00.000000000Z", "9999-01-01T00:00:00.000000000Z",
    ])
    func `what is no time is refused`(_ text: String) { #expect(InstantText.instant(text) == nil) }

    @Test(arguments: [
        (2, ColumnValue.text("no currency"), "total_currency"), (8, .text("tomorrow"), "due"),
        (4, .null, "topic"), (11, .text("[{"), "parts"), (13, .text("lost"), "status"), (16, .integer(1_000), "small"),
        (0, .text("no id"), "id"), (9, .integer(3), "raw"),
    ])
    func `a damaged row says where it is damaged`(_ index: Int, _ value: ColumnValue, _ column: String) throws {
        let encoded = try RowEncoder().encode(try RandomDecoder.make(Everything.self, seed: 1))
        var values = encoded.values
        values[index] = value
        let decoder = RowDecoder(table: "everything", columns: encoded.columns.map(\.name), keyNames: ["id"])
        let failure = #expect(throws: StoreFailure.self) { _ = try decoder.decode(Everything.self, from: values) }
        let words = failure?.description ?? ""
        #expect(words.contains("table 'everything'") && words.contains("column '\(column)'"), "\(words)")
        guard case .text(let id) = values[0] else { return }
        #expect(words.contains("'\(id)'"))
    }
}

/// Whatever a service keeps must be among the tables that it names, or a snapshot would miss it.
@Suite(.ownThread) struct DeclaredTablesTests {
    @Test(arguments: BlueprintLibrary.names)
    func `every table that a run writes is declared`(_ blueprint: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "scenarios/everything.yaml").path
        let scenario = try ScenarioFile.load(
            path: file, system: OrderSystemUnderTest.self,
            overrides: [("blueprint", blueprint), ("workload.orders", "30")])
        let history = try Runner.run(scenario, seed: 1).history
        let services = scenario.system.services(topics: history.topics)
        #expect(!history.stores.isEmpty)
        for (name, store) in history.stores {
            let service = try #require(services.first { $0.name == name })
            let declared = Set((service.tables + Instance.tables).map { ObjectIdentifier($0) })
            for type in store.rowTypes { #expect(declared.contains(ObjectIdentifier(type)), "\(type) of \(name)") }
        }
    }
}

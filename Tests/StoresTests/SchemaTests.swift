import Foundation
import LiveTestSupport
import Simulation
import Testing

@testable import Services
@testable import Stores

/// `Cell` as a later program knows it.
private struct LaterCell: Row {
    static let table = "cells"
    var key: Int32
    var value: Int64
    var note: String?
    var at: Instant?
}

/// `Cell` with a property that it cannot do without.
private struct HeavyCell: Row {
    static let table = "cells"
    var key: Int32
    var value: Int64
    var weight: Int64
}

/// A table whose key has become another one.
private struct OtherCell: Row {
    static let table = "cells"
    var key: Seat.Key
}

/// Two properties that want one column.
private struct Clash: Row {
    static let table = "clashes"
    var key: Int32
    var id: Int32
}

@Suite(.ownThread) struct SchemaTests {
    private func failure(_ body: () throws -> Void) throws -> String {
        do { try body() } catch let failure as StoreFailure { return failure.description }
        Issue.record("nothing failed")
        return ""
    }

    @Test(arguments: StoreKind.durable)
    func `a column that is new is added, and programs that do not know it leave it alone`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let (old, new) = (try stores.open(), try stores.open())
        try old.put(1, 10)
        try old.put(2, 20)
        let note = LaterCell(key: 1, value: 11, note: "new", at: Instant(nanoseconds: 5))
        try new.transact { set in
            #expect(try set.row(LaterCell.self, 1) == LaterCell(key: 1, value: 10))
            try set.set(note, for: 1)
        }
        // The old program goes on.
        #expect(try old.cell(1) == 11)
        try old.put(1, 12)
        let cells = try new.snapshot(of: [LaterCell.self])
        #expect(cells.row(LaterCell.self, 1) == LaterCell(key: 1, value: 12, note: "new", at: note.at))
        #expect(cells.row(LaterCell.self, 2) == LaterCell(key: 2, value: 20))
        #expect(try old.cells() == [12, 20])
        old.close()
        new.close()
    }

    @Test(arguments: StoreKind.durable)
    func `migrations are applied once, in order, and a new store needs none`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let old = try stores.open()
        try old.put(1, 10)
        old.close()
        let migrations = [
            Migration(
                number: 2, summary: "doubled", table: "cells", statements: ["UPDATE cells SET value = value * 2"]),
            Migration(number: 3, summary: "no such table", table: "halls", statements: ["DELETE FROM halls"]),
            Migration(
                number: 4, summary: "one more", table: "cells", statements: ["UPDATE cells SET value = value + 1"]),
        ]
        for _ in 0..<2 {
            let new = try stores.open(migrations: migrations)
            #expect(try new.cell(1) == 21)
            new.close()
        }
        #expect(try failure { _ = try stores.open() }.contains("newer version of Orrery (format 4; this one knows 1)"))
        let fresh = try TestStores(kind)
        let first = try fresh.open(migrations: migrations)
        try first.put(1, 10)
        first.close()
        let again = try fresh.open(migrations: migrations)
        #expect(try again.cell(1) == 10)
        again.close()
    }

    @Test(arguments: StoreKind.durable)
    func `a property that rows cannot do without is filled by a migration`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let old = try stores.open()
        try old.put(1, 10)
        old.close()
        let migration = Migration(
            number: 2, summary: "weights", table: "cells",
            statements: ["ALTER TABLE cells ADD COLUMN weight {integer}", "UPDATE cells SET weight = value * 2"])
        let new = try stores.open(migrations: [migration])
        let heavy = HeavyCell(key: 2, value: 1, weight: .max)
        try new.transact { try $0.set(heavy, for: 2) }
        let cells = try new.snapshot(of: [HeavyCell.self])
        #expect(cells.row(HeavyCell.self, 1) == HeavyCell(key: 1, value: 10, weight: 20))
        #expect(cells.row(HeavyCell.self, 2) == heavy)
        new.close()
    }

    @Test(arguments: StoreKind.durable)
    func `a migration that fails changes nothing`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let old = try stores.open()
        try old.put(1, 10)
        let broken = Migration(
            number: 2, summary: "broken", table: "cells",
            statements: ["UPDATE cells SET value = 0", "UPDATE cells SET nothing = 0"])
        #expect(throws: StoreFailure.self) { try stores.open(migrations: [broken]) }
        #expect(try old.cell(1) == 10)
        old.close()
    }

    @Test(arguments: StoreKind.durable)
    func `what does not fit a table is refused with a sentence`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let store = try stores.open()
        try store.put(1, 10)
        let key = Seat.Key(hall: Identifier(literal: "main"), number: 1)
        let primary = try failure { try store.transact { _ = try $0.row(OtherCell.self, key) } }
        #expect(primary.contains("Table 'cells' has the primary key [\"id\"]"))
        let clash = try failure { try store.transact { try $0.set(Clash(key: 1, id: 1), for: 1) } }
        #expect(clash == "Two properties of the rows of 'clashes' want one column. Rename one of them.")
        #expect(try store.cell(1) == 10)
        store.close()
    }
}

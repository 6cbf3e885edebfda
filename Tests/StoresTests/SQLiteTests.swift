import Foundation
import LiveTestSupport
import Simulation
import Testing

@testable import Services
@testable import Stores

/// What only files can do, or fail to do.
@Suite(.ownThread) final class SQLiteTests {
    private let directory = NSTemporaryDirectory() + "/orrery-sqlite-\(UUID().uuidString)"
    private var path: String { "\(directory)/order.sqlite" }

    init() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func open(patience: TimeInterval = 30) throws -> SQLStore<SQLiteDatabase> {
        SQLStore(try SQLiteDatabase(path: path, patience: patience))
    }

    private func failure(_ body: () throws -> Void) -> String {
        let failure = #expect(throws: StoreFailure.self) { try body() }
        #expect(failure?.isUncertain == false)
        return failure?.description ?? ""
    }

    @Test func `a process that is killed leaves everything that it has committed`() throws {
        let store = try open()
        try store.put(1, 10)
        try store.put(2, 20)
        try store.transact { set in
            try set.set(Cell(key: 1, value: 11), for: 1)
            // The files as they are at this moment, which is what the next process finds.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: "\(directory)/killed.sqlite\(suffix)")
            }
        }
        let next = SQLStore(try SQLiteDatabase(path: "\(directory)/killed.sqlite"))
        #expect(try next.cells() == [10, 20])
        next.close()
        store.close()
    }

    @Test func `a commit is on the disk when it returns`() throws {
        let store = try open()
        let settings = try store.database.access {
            try ["synchronous", "journal_mode"].map { try store.database.query("PRAGMA \($0)", []) }
        }
        #expect(settings == [[[.integer(2)]], [[.text("wal")]]])
        store.close()
    }

    @Test func `a full disk takes the transaction back and says so`() throws {
        let store = try open()
        try store.put(1, 1)
        try store.database.access { _ = try store.database.query("PRAGMA max_page_count = 40", []) }
        let full = failure {
            try store.transact { set in
                for key in Int32(2)..<50_000 { try set.set(Cell(key: key, value: 1), for: key) }
            }
        }
        #expect(full.contains("The disk is full") && full.contains(path))
        #expect(try store.cells() == [1])
        try store.database.access { _ = try store.database.query("PRAGMA max_page_count = 4000", []) }
        try store.put(2, 2)
        #expect(try store.cells() == [1, 2])
        store.close()
    }

    @Test func `who waits too long for others is told so`() throws {
        let (first, second) = (try open(), try open(patience: 0.05))
        try first.put(1, 1)
        try first.transact { set in
            try set.set(Cell(key: 1, value: 2), for: 1)
            let locked = failure { try second.put(1, 3) }
            #expect(locked.contains("was locked by somebody else"))
            // Nobody who only looks has to wait.
            let cells = try second.cells()
            #expect(cells == [1])
        }
        #expect(try second.cell(1) == 2)
        first.close()
        second.close()
    }

    @Test func `a file that is no database is left alone`() throws {
        let text = String(repeating: "This is a letter, and no database. ", count: 100)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(failure { _ = try open() }.contains("is damaged"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func `a directory that cannot be made is named`() throws {
        try "x".write(toFile: "\(directory)/file", atomically: true, encoding: .utf8)
        let failure = failure { _ = try SQLiteDatabase(path: "\(directory)/file/order.sqlite") }
        #expect(failure.contains("\(directory)/file/order.sqlite"))
    }

    @Test func `a file that may not be written is refused with a sentence`() throws {
        let store = try open()
        try store.put(1, 1)
        try store.database.access { _ = try store.database.query("PRAGMA query_only = ON", []) }
        #expect(failure { try store.put(1, 2) }.contains("may not be written"))
        #expect(try store.cells() == [1])
        store.close()
    }

    @Test func `a damaged row is named, and the rest can be read`() throws {
        let store = try open()
        let key = UniqueID(high: 1, low: 2)
        let other = UniqueID(high: 1, low: 3)
        try store.transact { set in
            for key in [key, other] { try set.set(InboxRow(key: key, processedAt: .zero), for: key) }
        }
        try store.database.access {
            try store.database.execute("UPDATE inbox SET processed_at = 'noon' WHERE id LIKE '%2'")
        }
        let damage = failure { try store.transact { _ = try $0.row(InboxRow.self, key) } }
        #expect(damage.contains("table 'inbox'") && damage.contains("'\(key)'") && damage.contains("'processed_at'"))
        let row = try store.transact { try $0.row(InboxRow.self, other) }
        #expect(row == InboxRow(key: other, processedAt: .zero))
        store.close()
    }

    @Test func `a text with a zero byte is refused, for databases end it there`() throws {
        let store = try open()
        let cell = NotedCell(key: 1, note: "a\0b")
        #expect(failure { try store.transact { try $0.set(cell, for: 1) } }.contains("zero byte"))
        store.close()
    }
}

private struct NotedCell: Row {
    static let table = "noted"
    var key: Int32
    var note: String
}

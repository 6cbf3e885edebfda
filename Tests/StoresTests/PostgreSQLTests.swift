import Foundation
import LiveTestSupport
import Simulation
import Testing

@testable import Services
@testable import Stores

/// What only PostgreSQL can do, or fail to do.
@Suite(.enabled(if: PostgreSQLServer.url != nil, "PostgreSQL is not installed"), .ownThread)
struct PostgreSQLTests {
    private let url = PostgreSQLServer.url ?? ""
    private let schema = "orrery_t \"\(UUID().uuidString.prefix(8))"

    private func open(patience: Int = 30) throws -> SQLStore<PostgreSQLDatabase> {
        SQLStore(try PostgreSQLDatabase(url: url, schema: schema, patience: patience))
    }

    /// Somebody who does not take the services' lock.
    private func stranger() throws -> PostgreSQLConnection {
        let connection = try PostgreSQLConnection(url: url)
        try connection.execute("SET search_path = \(quoted(schema))")
        return connection
    }

    private func remove() throws { try PostgreSQLDatabase.remove(schema: schema, url: url) }

    private static let change =
        "BEGIN ISOLATION LEVEL SERIALIZABLE; UPDATE cells SET value = value + 10 WHERE id = 1; COMMIT"

    @Test func `a transaction that conflicts is run again`() throws {
        let (store, stranger) = (try open(), try stranger())
        try store.put(1, 0)
        var runs = 0
        try store.transact { set in
            runs += 1
            let value = try set.row(Cell.self, 1)?.value ?? 0
            if runs == 1 { try stranger.execute(Self.change) }
            try set.set(Cell(key: 1, value: value + 1), for: 1)
        }
        #expect(runs == 2)
        #expect(try store.cell(1) == 11)
        store.close()
        try remove()
    }

    @Test func `a transaction that conflicts for ever ends with a sentence`() throws {
        let (store, stranger) = (try open(), try stranger())
        try store.put(1, 0)
        let failure = #expect(throws: StoreFailure.self) {
            try store.transact { set in
                let value = try set.row(Cell.self, 1)?.value ?? 0
                try stranger.execute(Self.change)
                try set.set(Cell(key: 1, value: value + 1), for: 1)
            }
        }
        #expect(failure?.description.contains("conflicted 100 times") == true)
        #expect(failure?.isUncertain == false)
        #expect(try store.cell(1) == 1_000)
        store.close()
        try remove()
    }

    /// Ends the session that the store uses, as a server does that is shut down.
    private func endSession(of store: SQLStore<PostgreSQLDatabase>, by stranger: PostgreSQLConnection) throws {
        guard case .integer(let process)? = try store.database.query("SELECT pg_backend_pid()", []).first?.first else {
            throw Trouble()
        }
        _ = try stranger.query("SELECT pg_terminate_backend($1::int)", [.integer(process)])
        let isGone = try wait(seconds: 10) {
            try stranger.query("SELECT pid FROM pg_stat_activity WHERE pid = $1::int", [.integer(process)]).isEmpty
        }
        #expect(isGone)
    }

    @Test func `a connection that is lost before the commit has changed nothing, and is made again`() throws {
        let (store, stranger) = (try open(), try stranger())
        try store.put(1, 5)
        let failure = #expect(throws: StoreFailure.self) {
            try store.transact { set in
                try set.set(Cell(key: 1, value: 6), for: 1)
                try endSession(of: store, by: stranger)
                _ = try? set.row(Cell.self, 2)
                // A body that does not care cannot go on all the same.
                try set.set(Cell(key: 1, value: 7), for: 1)
            }
        }
        #expect(failure?.isUncertain == false)
        #expect(try store.cell(1) == 5)
        store.close()
        try remove()
    }

    @Test func `a connection that is lost at the commit leaves it uncertain`() throws {
        let (store, stranger) = (try open(), try stranger())
        try store.put(1, 5)
        let failure = #expect(throws: StoreFailure.self) {
            try store.transact { set in
                try set.set(Cell(key: 1, value: 6), for: 1)
                try endSession(of: store, by: stranger)
            }
        }
        #expect(failure?.isUncertain == true)
        #expect(try store.cell(1) == 5)
        try store.put(1, 8)
        #expect(try store.cells() == [8])
        store.close()
        try remove()
    }

    @Test func `who waits too long for others is told so`() throws {
        let (first, second) = (try open(), try open(patience: 1))
        try first.put(1, 1)
        let failure = #expect(throws: StoreFailure.self) {
            try first.transact { set in
                try set.set(Cell(key: 1, value: 2), for: 1)
                try second.put(1, 3)
            }
        }
        #expect(failure?.description.contains("was locked by somebody else for 1 s") == true)
        #expect(try second.cell(1) == 1)
        first.close()
        second.close()
        try remove()
    }

    @Test(arguments: ["postgres://app@127.0.0.1:1/postgres", "postgres://app@no-such-host.invalid/postgres"])
    func `a server that is not there is a failure that may pass`(_ url: String) throws {
        let failure = #expect(throws: StoreFailure.self) { _ = try PostgreSQLDatabase(url: url, schema: schema) }
        #expect(failure?.description.contains("There is no connection to PostgreSQL") == true)
    }

    @Test func `rows that nobody wants cost nothing but their place in the pipeline`() throws {
        let store = try open()
        // More than the buffers of both sides hold.
        try store.transact { set in
            for number in Int32(0)..<5_000 {
                let key = UniqueID(hashing: "\(number)".utf8)
                let payload = [UInt8](repeating: 7, count: 2_000)
                let owner = InstanceID(number: 1, incarnation: 1)
                let row = CallRow(key: key, subject: Identifier(literal: "s"), payload: payload, owner: owner)
                try set.set(row, for: key)
            }
        }
        #expect(try store.snapshot(of: [CallRow.self]).count(of: CallRow.self) == 5_000)
        store.close()
        try remove()
    }
}

import Foundation
import GRDB

/// A connection to a file of SQLite.
///
/// The log is written ahead and synced at every commit (`synchronous=FULL`): what was committed survives `kill -9` and a
/// power cut. A transaction that writes takes the write lock as it begins, so transactions of all processes on the file
/// run one after the other.
final class SQLiteDatabase: SQLDatabase {
    /// How much of a commit is on the disk when it returns.
    enum Durability: String {
        /// All of it.
        case full = "FULL"
        /// It survives the process, and perhaps not a power cut.
        case normal = "NORMAL"
    }

    let dialect = SQLDialect(
        integer: "INTEGER", real: "REAL", text: "TEXT", bytes: "BLOB", tableOptions: " STRICT, WITHOUT ROWID",
        columnsQuery: "SELECT name, pk FROM pragma_table_info($1)", quotesTableParameter: false)
    private let path: String
    private let patience: TimeInterval
    private let queue: DatabaseQueue
    /// The connection, for as long as it is accessed.
    private var current: Database?

    /// - Parameter patience: how long, in seconds, to wait for others that write to the file.
    init(
        path: String, migrations: [Migration] = Migration.all, patience: TimeInterval = 30,
        durability: Durability = .full
    ) throws {
        self.path = path
        self.patience = patience
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = Self.waiting(patience)
        do {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        } catch {
            throw StoreFailure("The directory of the store '\(path)' cannot be made: \(error.localizedDescription)")
        }
        do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch {
            throw SQLiteFailure.explain(error, path: path, patience: patience)
        }
        try access {
            // GRDB has asked for less than this by now. And macOS needs to be told that a sync is one.
            try execute("PRAGMA synchronous = \(durability.rawValue)")
            try execute("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
            try SchemaVersion.bringUpToDate(self, migrations)
        }
    }

    /// Asks again every millisecond at first: transactions are short, and SQLite's own pauses soon are longer than them.
    private static func waiting(_ patience: TimeInterval) -> Database.BusyMode {
        let shortPauses = 200
        return .callback { asked in
            let waited = Double(min(asked, shortPauses)) * 0.001 + Double(max(0, asked - shortPauses)) * 0.01
            guard waited < patience else { return false }
            usleep(asked < shortPauses ? 1_000 : 10_000)
            return true
        }
    }

    func access<Result>(_ body: () throws -> Result) throws -> Result {
        try queue.writeWithoutTransaction { database in
            current = database
            defer { current = nil }
            return try body()
        }
    }

    private func onConnection<Result>(isCommit: Bool = false, _ body: (Database) throws -> Result) throws -> Result {
        guard let current else { preconditionFailure("the database is used outside of access") }
        do { return try body(current) } catch {
            throw SQLiteFailure.explain(error, path: path, patience: patience, isCommit: isCommit)
        }
    }

    func begin(_ kind: SQLTransactionKind) throws {
        try onConnection { try $0.beginTransaction(kind == .write ? .immediate : .deferred) }
    }

    func rollBack() {
        guard let current, current.isInsideTransaction else { return }
        // It fails only when SQLite has rolled back already.
        try? current.rollback()
    }

    func commit() throws { try onConnection(isCommit: true) { try $0.commit() } }

    func execute(_ sql: String) throws { try onConnection { try $0.execute(sql: sql) } }

    func query(_ sql: String, _ parameters: [ColumnValue]) throws -> [[ColumnValue]] {
        try onConnection { database in
            let statement = try database.cachedStatement(sql: sql)
            let cursor = try GRDB.Row.fetchCursor(statement, arguments: arguments(parameters))
            var rows: [[ColumnValue]] = []
            while let row = try cursor.next() { rows.append(row.databaseValues.map(ColumnValue.init)) }
            return rows
        }
    }

    func write(_ sql: String, _ parameters: [ColumnValue]) throws {
        try onConnection { try $0.cachedStatement(sql: sql).execute(arguments: arguments(parameters)) }
    }

    private func arguments(_ parameters: [ColumnValue]) -> StatementArguments {
        StatementArguments(parameters.map { $0.databaseValue })
    }

    func close() {
        // What is left open is closed with the object.
        try? queue.close()
    }
}

extension ColumnValue {
    fileprivate init(_ value: DatabaseValue) {
        self =
            switch value.storage {
            case .null: .null
            case .int64(let number): .integer(number)
            case .double(let number): .real(number)
            case .string(let text): .text(text)
            case .blob(let data): .bytes(Array(data))
            }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }
}

import Foundation

/// A change to the tables of stores that older programs have written, for what does not follow from the rows. New tables
/// and new columns need none: they are made when they are first written. But a property that is new and not optional does:
/// old rows have nothing in its column.
///
/// A new store has nothing to change: it begins as if all migrations had been applied.
public struct Migration: Sendable {
    /// From 2, without gaps, in the order in which they are applied; 1 is the first format.
    public var number: Int
    /// What it does, for people who look into the database.
    public var summary: String
    /// The table that it changes; it is passed over where the store has none of that name.
    public var table: String
    /// SQL that SQLite and PostgreSQL both understand; `{integer}`, `{real}`, `{text}` and `{bytes}` stand for the types
    /// of columns: `ALTER TABLE orders ADD COLUMN weight {integer}`.
    public var statements: [String]

    public init(number: Int, summary: String, table: String, statements: [String]) {
        self.number = number
        self.summary = summary
        self.table = table
        self.statements = statements
    }

    /// All that there are. Never change one that has been released: append.
    public static let all: [Migration] = []
}

/// The table that says what a store's format is and which migrations it has had.
enum SchemaVersion {
    static let table = "orrery_schema"
    static let creation =
        "CREATE TABLE IF NOT EXISTS orrery_schema "
        + "(version BIGINT PRIMARY KEY, summary TEXT NOT NULL, applied_at TEXT NOT NULL)"

    /// Applies what is missing, in one transaction; refuses what a newer program has written.
    static func bringUpToDate(_ database: some SQLDatabase, _ migrations: [Migration]) throws {
        precondition(
            migrations.map(\.number) == Array(2..<2 + migrations.count), "migrations are numbered from 2, without gaps")
        do {
            try database.begin(.write)
            try database.execute(creation)
            try apply(migrations, to: database)
            try database.commit()
        } catch {
            database.rollBack()
            throw error
        }
    }

    private static func apply(_ migrations: [Migration], to database: some SQLDatabase) throws {
        let newest = 1 + migrations.count
        guard
            case .integer(let version)? = try database.query("SELECT max(version) FROM orrery_schema", []).first?.first
        else {
            try note(1, "columns made from the rows", in: database)
            for migration in migrations { try note(migration.number, migration.summary, in: database) }
            return
        }
        guard version <= newest else {
            throw StoreFailure(
                "This store was written by a newer version of Orrery (format \(version); this one knows \(newest)). "
                    + "Use that version, or an empty store.")
        }
        for migration in migrations where migration.number > version {
            let name = database.dialect.quotesTableParameter ? quoted(migration.table) : migration.table
            if try !database.query(database.dialect.columnsQuery, [.text(name)]).isEmpty {
                for statement in migration.statements { try database.execute(database.dialect.spelled(statement)) }
            }
            try note(migration.number, migration.summary, in: database)
        }
    }

    private static func note(_ version: Int, _ summary: String, in database: some SQLDatabase) throws {
        let values: [ColumnValue] = [
            .integer(Int64(version)), .text(summary), .text(Date().formatted(.iso8601)),
        ]
        try database.write(
            "INSERT INTO orrery_schema (version, summary, applied_at) VALUES ($1, $2, $3)", values)
    }
}

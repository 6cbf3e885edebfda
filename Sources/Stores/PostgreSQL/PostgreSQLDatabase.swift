/// A service's schema on a PostgreSQL server, through a connection that is made anew when it was lost.
///
/// Transactions are `SERIALIZABLE`. One that writes takes a lock on the schema's version table before it sees anything, so
/// that those of all instances run one after the other: batches of one service nearly always touch the same rows, or the
/// same page of an index, and two that run at once end with one of them having been in vain. The lock ends with the
/// transaction, also when its process dies.
final class PostgreSQLDatabase: SQLDatabase {
    let dialect = SQLDialect(
        integer: "bigint", real: "double precision", text: "text COLLATE \"C\"", bytes: "bytea", tableOptions: "",
        columnsQuery: """
            SELECT a.attname::text,
                coalesce(array_position(string_to_array(i.indkey::text, ' ')::int2[], a.attnum), 0)::bigint
            FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
            WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """, quotesTableParameter: true)
    private let url: String
    private let schema: String
    private let migrations: [Migration]
    /// How long to wait, in seconds, for others that write to the schema.
    private let patience: Int
    private var connection: PostgreSQLConnection?
    /// What the lock is called that a transaction that writes takes.
    private let lockMode: String

    /// Connects; every time after that the connection was lost, it is made again by whoever needs it next.
    init(
        url: String, schema: String, migrations: [Migration] = Migration.all, patience: Int = 30,
        lockMode: String = "EXCLUSIVE"
    ) throws {
        guard schema.utf8.count < 64 else {
            throw StoreFailure("'\(schema)' is too long for the name of a schema: 63 bytes is the limit.")
        }
        self.url = url
        self.schema = schema
        self.migrations = migrations
        self.patience = patience
        self.lockMode = lockMode
        try access {}
    }

    func access<Result>(_ body: () throws -> Result) throws -> Result {
        if connection == nil { try connect() }
        return try body()
    }

    func close() { connection = nil }

    // MARK: Connecting

    private func connect() throws {
        do {
            connection = try PostgreSQLConnection(url: url)
            try prepareSession()
            try SchemaVersion.bringUpToDate(self, migrations)
        } catch {
            connection = nil
            let error = explained(error)
            if let conflict = error as? SQLConflict {
                throw StoreFailure("Somebody else is changing schema '\(schema)' (\(conflict.message)). Try again.")
            }
            throw error
        }
    }

    private func prepareSession() throws {
        // A process that is stopped in the middle of a transaction must not stop the others for good. And a statement that
        // was planned when its table was empty must not read the whole of it ever after.
        try execute(
            """
            SET client_min_messages = warning;
            SET search_path = \(quoted(schema));
            SET lock_timeout = '\(patience)s';
            SET idle_in_transaction_session_timeout = '\(patience)s';
            SET enable_seqscan = off
            """)
        guard try query("SELECT to_regclass($1)::text", [.text(SchemaVersion.table)]).first?.first == .null else {
            return
        }
        // Two that make a schema at once would fail, whatever they say of its existence: the first takes a lock.
        try execute(
            """
            BEGIN;
            SELECT pg_advisory_xact_lock(hashtext('orrery'));
            CREATE SCHEMA IF NOT EXISTS \(quoted(schema));
            \(SchemaVersion.creation);
            COMMIT
            """)
    }

    /// Removes the schema and all that is in it.
    static func remove(schema: String, url: String) throws {
        do {
            let connection = try PostgreSQLConnection(url: url)
            try connection.execute("SET client_min_messages = warning; DROP SCHEMA IF EXISTS \(quoted(schema)) CASCADE")
        } catch { throw PostgreSQLFailure.explain(error, schema: schema, patience: 0) }
    }

    // MARK: Statements

    private func onConnection<Result>(
        isCommit: Bool = false, _ body: (PostgreSQLConnection) throws -> Result
    ) throws -> Result {
        guard let connection else {
            throw StoreFailure("The connection to PostgreSQL was lost. It is made again for the next transaction.")
        }
        do { return try body(connection) } catch {
            if (error as? PostgreSQLError)?.isLost == true { self.connection = nil }
            throw explained(error, isCommit: isCommit)
        }
    }

    private func explained(_ error: any Error, isCommit: Bool = false) -> any Error {
        PostgreSQLFailure.explain(error, schema: schema, patience: patience, isCommit: isCommit)
    }

    func begin(_ kind: SQLTransactionKind) throws {
        // One message; a lock that is taken first is taken before the transaction sees what it will see to its end.
        switch kind {
        case .write:
            try execute(
                "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE \(SchemaVersion.table) IN \(lockMode) MODE")
        case .read: try execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
    }

    func rollBack() {
        guard let connection else { return }
        do { try connection.rollBack() } catch { self.connection = nil }
    }

    func commit() throws { try onConnection(isCommit: true) { try $0.commit() } }
    func execute(_ sql: String) throws { try onConnection { try $0.execute(sql) } }
    func query(_ sql: String, _ parameters: [ColumnValue]) throws -> [[ColumnValue]] {
        try onConnection { try $0.query(sql, parameters) }
    }
    func write(_ sql: String, _ parameters: [ColumnValue]) throws {
        try onConnection { try $0.write(sql, parameters) }
    }
}

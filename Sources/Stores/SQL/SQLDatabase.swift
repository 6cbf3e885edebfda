/// One connection to a database that speaks SQL: what SQLite and PostgreSQL do differently. All else is `SQLStore`'s.
protocol SQLDatabase: AnyObject {
    var dialect: SQLDialect { get }

    /// Lets `body` use the connection, which is made anew if it was lost. Everything below is asked for in there.
    func access<Result>(_ body: () throws -> Result) throws -> Result

    func begin(_ kind: SQLTransactionKind) throws
    /// Takes back what was done since `begin`; does nothing when the database has done that itself.
    func rollBack()
    func commit() throws

    /// Runs statements that have no parameters and no result.
    func execute(_ sql: String) throws
    /// Runs a statement that is prepared once and kept; `parameters` are bound in their order.
    func query(_ sql: String, _ parameters: [ColumnValue]) throws -> [[ColumnValue]]
    /// The same without a result; it may wait for `commit`.
    func write(_ sql: String, _ parameters: [ColumnValue]) throws

    func close()
}

/// What a transaction is for.
enum SQLTransactionKind {
    /// Nobody else writes to the store meanwhile.
    case write
    /// Everything that is read is of one moment.
    case read
}

/// Two transactions contradict each other: run it again.
struct SQLConflict: Error {
    var message: String
}

/// What the two databases spell differently.
struct SQLDialect: Sendable {
    var integer: String
    var real: String
    var text: String
    var bytes: String
    /// What follows the columns where a table is made.
    var tableOptions: String
    /// Lists a table's columns: name, and place in the primary key from 1, or 0. The table is the parameter.
    var columnsQuery: String
    /// How the table is given to `columnsQuery`.
    var quotesTableParameter: Bool

    /// The name of a parameter, from 1. SQLite knows it as well.
    func parameter(_ number: Int) -> String { "$\(number)" }

    /// A migration's statement, with the names of types that this database has.
    func spelled(_ statement: String) -> String {
        [("{integer}", integer), ("{real}", real), ("{text}", text), ("{bytes}", bytes)]
            .reduce(statement) { $0.replacing($1.0, with: $1.1) }
    }

    func type(of column: Column) -> String {
        switch column.type {
        case .integer: integer
        case .real: real
        case .text: text
        case .bytes: bytes
        }
    }
}

/// A name as SQL wants it: in double quotes, because `order` and `key` are words of SQL.
func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

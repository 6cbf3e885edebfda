import Services

/// What is known of the tables in a database, and the statements for them.
final class Catalog {
    private var shapes: [String: TableShape] = [:]
    /// Tables that were looked for in this transaction, and are not there.
    private var absent: Set<String> = []

    /// The table, if it is there.
    func shape(of table: String, in database: some SQLDatabase) throws -> TableShape? {
        if let shape = shapes[table] { return shape }
        if absent.contains(table) { return nil }
        let name = database.dialect.quotesTableParameter ? quoted(table) : table
        let columns = try database.query(database.dialect.columnsQuery, [.text(name)])
        guard !columns.isEmpty else {
            absent.insert(table)
            return nil
        }
        let shape = TableShape(table, columns, dialect: database.dialect)
        shapes[table] = shape
        return shape
    }

    /// The table, with all of these columns: it is made, or what it lacks is added.
    func shape(
        of table: String, with row: EncodedRow, keyNames: [String], in database: some SQLDatabase
    ) throws -> TableShape {
        let shape = try shape(of: table, in: database)
        if let shape, shape.has(row.columns) { return shape }
        guard Set(row.columns.map(\.name)).count == row.columns.count else {
            throw StoreFailure("Two properties of the rows of '\(table)' want one column. Rename one of them.")
        }
        let dialect = database.dialect
        func definition(_ column: Column) -> String { "\(quoted(column.name)) \(dialect.type(of: column))" }
        if let shape {
            for column in row.columns where !shape.has(column) {
                try database.execute("ALTER TABLE \(quoted(table)) ADD COLUMN \(definition(column))")
            }
        } else {
            let columns = row.columns.map { definition($0) + (keyNames.contains($0.name) ? " NOT NULL" : "") }
            let key = keyNames.map(quoted).joined(separator: ", ")
            try database.execute(
                "CREATE TABLE \(quoted(table)) (\(columns.joined(separator: ", ")), PRIMARY KEY (\(key)))"
                    + dialect.tableOptions)
        }
        shapes[table] = nil
        absent.remove(table)
        guard let made = try self.shape(of: table, in: database) else {
            throw StoreFailure("Table '\(table)' was made and is not there. Is somebody else changing the database?")
        }
        return made
    }

    /// Another transaction begins: tables may have come in the meantime.
    func beginTransaction() { absent.removeAll() }

    /// What was made in this transaction is gone.
    func forget() {
        shapes.removeAll()
        absent.removeAll()
    }
}

/// The columns of one table, and the statements for it.
final class TableShape {
    let name: String
    let columns: [String]
    let keyNames: [String]
    let decoder: RowDecoder
    let selectAll: String
    let selectOne: String
    let delete: String
    private let known: Set<String>
    private let dialect: SQLDialect
    /// The last columns that were written, and how.
    private var upsert: (columns: [Column], sql: String)?

    init(_ name: String, _ rows: [[ColumnValue]], dialect: SQLDialect) {
        self.name = name
        self.dialect = dialect
        var columns: [String] = []
        var keys: [(place: Int64, name: String)] = []
        for row in rows {
            guard case .text(let name) = row[0], case .integer(let place) = row[1] else { continue }
            columns.append(name)
            if place > 0 { keys.append((place, name)) }
        }
        self.columns = columns
        keyNames = keys.sorted { $0.place < $1.place }.map(\.name)
        known = Set(columns)
        decoder = RowDecoder(table: name, columns: columns, keyNames: keyNames)
        let list = columns.map(quoted).joined(separator: ", ")
        let condition = keyNames.enumerated().map { "\(quoted($1)) = \(dialect.parameter($0 + 1))" }
        selectOne = "SELECT \(list) FROM \(quoted(name)) WHERE \(condition.joined(separator: " AND "))"
        selectAll = "SELECT \(list) FROM \(quoted(name)) ORDER BY \(keyNames.map(quoted).joined(separator: ", "))"
        delete = "DELETE FROM \(quoted(name)) WHERE \(condition.joined(separator: " AND "))"
    }

    func has(_ column: Column) -> Bool { known.contains(column.name) }

    func has(_ columns: [Column]) -> Bool {
        if let upsert, upsert.columns == columns { return true }
        return columns.allSatisfy(has)
    }

    /// Writes a row, whether there is one of its key or not. Columns that the row does not have keep what they hold: a
    /// newer program has added them.
    func upsert(_ columns: [Column]) -> String {
        if let upsert, upsert.columns == columns { return upsert.sql }
        let names = columns.map { quoted($0.name) }.joined(separator: ", ")
        let parameters = columns.indices.map { dialect.parameter($0 + 1) }.joined(separator: ", ")
        let changes = columns.filter { !keyNames.contains($0.name) }
            .map { "\(quoted($0.name)) = excluded.\(quoted($0.name))" }
        let sql =
            "INSERT INTO \(quoted(name)) (\(names)) VALUES (\(parameters)) ON CONFLICT ("
            + keyNames.map(quoted).joined(separator: ", ") + ") DO "
            + (changes.isEmpty ? "NOTHING" : "UPDATE SET " + changes.joined(separator: ", "))
        upsert = (columns, sql)
        return sql
    }
}

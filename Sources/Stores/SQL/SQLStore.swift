import Services

/// A service's store in a database that speaks SQL.
final class SQLStore<Database: SQLDatabase>: ServiceStore {
    /// How often a transaction is begun before a conflict is reported. Nobody else writes while one runs, so only changes
    /// by others than services can get in its way.
    private static var mostAttempts: Int { 100 }

    let database: Database
    private let catalog = Catalog()

    init(_ database: Database) { self.database = database }

    func transact<Result>(_ body: (WorkingSet) throws -> Result) throws -> Result {
        var attempt = 1
        while true {
            do { return try database.access { try attemptTransaction(body) } } catch let conflict as SQLConflict {
                guard attempt < Self.mostAttempts else {
                    throw StoreFailure(
                        "A transaction conflicted \(attempt) times with others (\(conflict.message)). "
                            + "Who writes to this database beside the services?")
                }
                attempt += 1
            }
        }
    }

    private func attemptTransaction<Result>(_ body: (WorkingSet) throws -> Result) throws -> Result {
        let rows = SQLRows(database, catalog)
        let workingSet = WorkingSet(over: rows)
        do {
            try database.begin(.write)
            catalog.beginTransaction()
            let result = try body(workingSet)
            try workingSet.write(to: rows)
            try database.commit()
            return result
        } catch {
            catalog.forget()
            database.rollBack()
            // What the body threw may only be what it made of the database's failure.
            throw workingSet.failure ?? error
        }
    }

    func snapshot(of tables: [any Row.Type]) throws -> ValueStore {
        try database.access {
            do {
                try database.begin(.read)
                catalog.beginTransaction()
                let rows = SQLRows(database, catalog)
                var values = ValueStore()
                for table in tables { try copy(table, from: rows, to: &values) }
                values.commit()
                try database.commit()
                return values
            } catch {
                catalog.forget()
                database.rollBack()
                throw error
            }
        }
    }

    private func copy<R: Row>(_ type: R.Type, from rows: SQLRows<Database>, to values: inout ValueStore) throws {
        for row in try rows.rows(R.self) { values.set(row, for: row.key) }
    }

    func close() { database.close() }
}

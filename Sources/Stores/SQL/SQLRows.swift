import Services

/// The rows of the open transaction.
final class SQLRows<Database: SQLDatabase>: RowSource, RowSink {
    private let database: Database
    private let catalog: Catalog
    private let encoder = RowEncoder()

    init(_ database: Database, _ catalog: Catalog) {
        self.database = database
        self.catalog = catalog
    }

    func row<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? {
        guard let shape = try catalog.shape(of: R.table, in: database) else { return nil }
        let parameters = try parameters(for: key, of: shape)
        guard let values = try database.query(shape.selectOne, parameters).first else { return nil }
        return try shape.decoder.decode(R.self, from: values)
    }

    func rows<R: Row>(_ type: R.Type) throws -> [R] {
        guard let shape = try catalog.shape(of: R.table, in: database) else { return [] }
        return try database.query(shape.selectAll, []).map { try shape.decoder.decode(R.self, from: $0) }
    }

    func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) throws {
        guard let row else {
            guard let shape = try catalog.shape(of: R.table, in: database) else { return }
            return try database.write(shape.delete, try parameters(for: key, of: shape))
        }
        let encoded = try encoder.encode(row)
        let shape = try shape(of: R.self, key, with: encoded)
        try database.write(shape.upsert(encoded.columns), encoded.values)
    }

    private func shape<R: Row>(of type: R.Type, _ key: R.Key, with row: EncodedRow) throws -> TableShape {
        if let shape = try catalog.shape(of: R.table, in: database), shape.has(row.columns) { return shape }
        let keyNames = try encoder.encode(key: key).columns.map(\.name)
        return try catalog.shape(of: R.table, with: row, keyNames: keyNames, in: database)
    }

    private func parameters<Key: RowKey>(for key: Key, of shape: TableShape) throws -> [ColumnValue] {
        let encoded = try encoder.encode(key: key)
        guard encoded.columns.elementsEqual(shape.keyNames, by: { $0.name == $1 }) else {
            throw StoreFailure(
                "Table '\(shape.name)' has the primary key \(shape.keyNames), and \(encoded.columns.map(\.name)) is "
                    + "expected. It was written by another program: move it away, or migrate it.")
        }
        return encoded.values
    }
}

/// For those who keep books in a database without being a service.
extension WorkingSet {
    /// The row of a key.
    package func get<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? { try row(R.self, key) }

    /// Writes a row, new or not.
    package func put<R: Row>(_ row: R) throws { try set(row, for: row.key) }
}

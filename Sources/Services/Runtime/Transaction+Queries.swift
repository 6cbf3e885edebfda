/// Questions about a whole table. They look at every row: for lists and counts that people ask for, not for handlers of
/// events.
extension Transaction {
    /// All rows of a table that a predicate lets through, in an order that depends on nothing but the writes made.
    @inlinable
    public func rows<R: Row>(_ type: R.Type, where isIncluded: (R) -> Bool = { _ in true }) throws -> [R] {
        if let workingSet { return try workingSet.rows(R.self, where: isIncluded) }
        return store.rows(R.self, where: isIncluded)
    }

    /// How many rows a table has.
    @inlinable
    public func count<R: Row>(of type: R.Type) throws -> Int {
        if let workingSet { return try workingSet.rows(R.self) { _ in true }.count }
        return store.count(of: R.self)
    }
}

import Foundation
import Services

/// What all connections to one service's store in memory share.
public final class MemoryTables: @unchecked Sendable {
    private let lock = NSLock()
    /// Guarded by `lock`.
    private var values = ValueStore()

    public init() {}

    /// Nobody else reads or writes until `body` is done.
    func exclusively<Result>(_ body: (inout ValueStore) throws -> Result) rethrows -> Result {
        try lock.withLock { try body(&values) }
    }
}

/// A store that lasts no longer than the process.
public final class MemoryStore: ServiceStore {
    private let tables: MemoryTables

    /// A connection to tables that others may use as well.
    public init(_ tables: MemoryTables = MemoryTables()) { self.tables = tables }

    /// Runs one transaction while nobody else reads or writes; what `body` throws takes everything back.
    public func transact<Result>(_ body: (WorkingSet) throws -> Result) throws -> Result {
        try tables.exclusively { values in
            // The rows are the only owner of the values for a while: writes copy nothing.
            let rows = MemoryRows(values)
            values = ValueStore()
            defer { values = rows.values }
            let workingSet = WorkingSet(over: rows)
            let result = try body(workingSet)
            try workingSet.write(to: rows)
            rows.values.commit()
            return result
        }
    }

    /// All tables as they are now, also those that were not asked for.
    public func snapshot(of tables: [any Row.Type]) throws -> ValueStore { self.tables.exclusively { $0 } }

    /// Does nothing: the rows stay for others.
    public func close() {}
}

private final class MemoryRows: RowSource, RowSink {
    var values: ValueStore

    init(_ values: ValueStore) { self.values = values }

    func row<R: Row>(_ type: R.Type, _ key: R.Key) -> R? { values.row(R.self, key) }
    func rows<R: Row>(_ type: R.Type) -> [R] { values.rows(R.self) }
    func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) { values.set(row, for: key) }
}

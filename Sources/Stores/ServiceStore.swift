import Services

/// A service's database. Used by one thread at a time; every instance opens its own connection.
public protocol ServiceStore: AnyObject {
    /// Runs one transaction: lets `body` read and write, stores what was written, commits, and gives back what `body` did.
    ///
    /// Transactions are serialisable. When the database finds that two of them contradict each other, the transaction is
    /// run again, so `body` must do nothing that cannot be done twice.
    ///
    /// - Throws: `StoreFailure` when the transaction was rolled back, or when it is not known whether it was committed;
    ///   else what `body` throws, after rolling back.
    func transact<Result>(_ body: (WorkingSet) throws -> Result) throws -> Result

    /// Everything that stands in these tables, as one moment has it.
    func snapshot(of tables: [any Row.Type]) throws -> ValueStore

    /// Closes the connection. Nothing may be asked of it afterwards.
    func close()
}

/// Why a database did not do what it was asked for.
public struct StoreFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What happened, and what can be done about it, in a sentence.
    public var description: String
    /// Whether the transaction may have been committed although it failed.
    public var isUncertain: Bool

    public init(_ description: String, isUncertain: Bool = false) {
        self.description = description
        self.isUncertain = isUncertain
    }
}

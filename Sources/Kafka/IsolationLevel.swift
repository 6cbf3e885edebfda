/// What a reader sees of transactions (KIP-98), under the names of `isolation.level`.
public enum IsolationLevel: String, Hashable, Sendable {
    /// Everything that is replicated, whatever becomes of it.
    case readUncommitted = "read_uncommitted"
    /// Nothing of open and aborted transactions, and nothing behind an open one.
    case readCommitted = "read_committed"
}

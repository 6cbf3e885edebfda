import Synchronization

/// Keeps the start of child processes and the closing of a mock broker's port apart.
///
/// A child has copies of all descriptors of its parent until it runs its program. If a mock broker closes its port at that
/// moment, the child still listens on it; librdkafka (2.0.2) cannot bind the port again, and ends the process.
public enum SpawnGate {
    private static let lock = Mutex(())

    /// Runs what must not overlap: every start of a child process in a program that has a `MockCluster`.
    public static func holding<Result: Sendable, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lock.withLock { _ throws(Failure) in try body() }
    }
}

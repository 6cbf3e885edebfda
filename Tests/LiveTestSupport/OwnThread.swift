import Foundation
import Testing

extension Trait where Self == OwnThreadTrait {
    /// Runs each test on a thread of its own: for tests that wait for brokers, databases and processes. The threads on which
    /// tests run otherwise are as many as there are cores, and whoever blocks one keeps others from running.
    public static var ownThread: Self { OwnThreadTrait() }
}

/// See `ownThread`.
public struct OwnThreadTrait: TestTrait, SuiteTrait, TestScoping {
    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await withTaskExecutorPreference(ThreadExecutor(), operation: function)
    }
}

/// Gives every piece of work a thread.
private final class ThreadExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        let thread = Thread { job.runSynchronously(on: executor) }
        thread.stackSize = 1 << 22
        thread.start()
    }
}

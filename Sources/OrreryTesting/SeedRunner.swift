import Foundation
import Harness
import Synchronization

/// Runs a scenario with many seeds, on all cores, and hands the results over in the order of the seeds.
struct SeedRunner: Sendable {
    let scenario: Scenario
    let seeds: Seeds
    let jobs = max(1, ProcessInfo.processInfo.activeProcessorCount)
    /// Hears how many are done, from time to time.
    let progress: SeedProgress

    /// Runs seeds until all are done, the task is cancelled, or `take` wants no more.
    func run(_ take: (RunResult, _ wallSeconds: Double) throws -> Bool) async throws {
        try await withThrowingTaskGroup(of: (index: Int, result: RunResult, wallSeconds: Double).self) { group in
            var started = 0
            var isWanted = true
            func startNext() {
                guard started < seeds.count, isWanted, !Task.isCancelled else { return }
                let index = started
                started += 1
                group.addTask {
                    let clock = ContinuousClock()
                    let start = clock.now
                    let result = try Runner.run(scenario, seed: seeds[index])
                    let time = (clock.now - start).components
                    return (index, result, Double(time.seconds) + Double(time.attoseconds) / 1e18)
                }
            }
            for _ in 0..<jobs { startNext() }
            var waiting: [Int: (RunResult, Double)] = [:]
            var handedOver = 0
            for try await (index, result, wallSeconds) in group {
                progress.finished(result.verdict)
                startNext()
                waiting[index] = (result, wallSeconds)
                while isWanted, let (next, wallSeconds) = waiting.removeValue(forKey: handedOver) {
                    isWanted = try take(next, wallSeconds)
                    handedOver += 1
                }
            }
        }
        if Task.isCancelled { throw CancellationError() }
    }
}

/// Says on standard error how far a long test has come.
final class SeedProgress: Sendable {
    private struct State {
        var done = 0
        var violated = 0
        var told: ContinuousClock.Instant
    }

    private let test: String
    private let total: Int
    private let begin = ContinuousClock.now
    private let state: Mutex<State>
    private let tell: @Sendable (String) -> Void

    /// Shorter tests say nothing.
    static let interval = Swift.Duration.seconds(10)

    init(test: String, total: Int, tell: @escaping @Sendable (String) -> Void = SeedProgress.tellOnStandardError) {
        self.test = test
        self.total = total
        self.tell = tell
        state = Mutex(State(told: begin))
    }

    /// Counts a run.
    func finished(_ verdict: Verdict, at now: ContinuousClock.Instant = .now) {
        let line: String? = state.withLock { state in
            state.done += 1
            if verdict == .violated { state.violated += 1 }
            guard now - state.told >= Self.interval, state.done < total else { return nil }
            state.told = now
            let broken = state.violated > 0 ? ", \(state.violated) violated" : ""
            return "\(test): \(state.done) of \(total) seeds\(broken), \((now - begin).components.seconds) s"
        }
        if let line { tell(line) }
    }

    private static let tellOnStandardError: @Sendable (String) -> Void = { line in
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

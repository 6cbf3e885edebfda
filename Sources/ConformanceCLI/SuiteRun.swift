import Conformance
import Foundation
import Synchronization

/// Runs cases on targets, several at a time: each has a cluster, or at least topics and groups, of its own.
struct SuiteRun {
    let cases: [ConformanceCase]
    let targets: [Target]
    let jobs: Int

    func results() -> SuiteResults {
        // The mock takes longest: it begins.
        let order = targets.sorted { $0.name == .mock && $1.name != .mock }
        let work = order.flatMap { target in cases.indices.map { (target, $0) } }
        let state = Mutex(State())
        let done = DispatchGroup()
        for _ in 0..<min(jobs, work.count) {
            done.enter()
            Thread.detachNewThread {
                while let next = state.withLock({ $0.take(work.count) }) {
                    let (target, index) = work[next]
                    let outcome = outcome(of: cases[index], on: target)
                    state.withLock { $0.finish(outcome, cases[index], target, of: work.count) }
                }
                done.leave()
            }
        }
        done.wait()
        return SuiteResults(cases: cases, targets: targets.map(\.name), outcomes: state.withLock { $0.outcomes })
    }

    private func outcome(of candidate: ConformanceCase, on target: Target) -> Outcome {
        if let reason = target.reasonToSkip { return Outcome(verdict: .skipped(reason), seconds: 0) }
        let begin = ContinuousClock.now
        let verdict =
            target.name == .virtual
            ? candidate.run(on: target.name, target.makeCluster) : CaseCommand.verdict(of: candidate, on: target.name)
        return Outcome(verdict: verdict, seconds: (ContinuousClock.now - begin) / .seconds(1))
    }

    private struct State {
        var next = 0
        var outcomes: [SuiteResults.Key: Outcome] = [:]
        var lastWord = ContinuousClock.now

        mutating func take(_ count: Int) -> Int? {
            guard next < count else { return nil }
            defer { next += 1 }
            return next
        }

        /// Says how far it is every five seconds.
        mutating func finish(_ outcome: Outcome, _ candidate: ConformanceCase, _ target: Target, of count: Int) {
            outcomes[SuiteResults.Key(id: candidate.id, target: target.name)] = outcome
            guard ContinuousClock.now - lastWord > .seconds(5) else { return }
            lastWord = .now
            FileHandle.standardError.write(Data("\(outcomes.count) of \(count) done\n".utf8))
        }
    }
}

/// What came of a case on a target, and how long it took.
struct Outcome {
    let verdict: Verdict
    let seconds: Double
}

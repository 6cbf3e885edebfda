import ModelCheck

/// Runs the programs of successive seeds on several cores, until one fails.
struct Search: Sendable {
    let programs: Int
    let steps: Int
    let first: UInt64
    let jobs: Int

    /// How often somebody hears how far it is.
    private static let interval = Duration.seconds(5)

    /// Of several programs that fail at about the same time, the one with the lowest seed, whatever the number of jobs
    /// that are on their way.
    func run(progress: (Int) -> Void) async -> (counterexample: Counterexample?, statistics: Statistics) {
        await withTaskGroup(of: (counterexample: Counterexample?, statistics: Statistics).self) { group in
            var total = Statistics()
            var found: Counterexample?
            var started = 0
            var nextNote = ContinuousClock.now + Self.interval
            func startNext() {
                guard started < programs, found == nil else { return }
                let seed = first &+ UInt64(started)
                started += 1
                let steps = steps
                group.addTask { Counterexample.search(seed: seed, steps: steps) }
            }
            for _ in 0..<jobs { startNext() }
            for await (counterexample, statistics) in group {
                total += statistics
                if let counterexample, counterexample.seed < found?.seed ?? .max { found = counterexample }
                startNext()
                guard ContinuousClock.now >= nextNote else { continue }
                nextNote = nextNote + Self.interval
                progress(total.programs)
            }
            return (found, total)
        }
    }
}

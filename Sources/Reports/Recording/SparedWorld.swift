import Harness
import Simulation

/// The world beside the bad one: it branches off at a moment at which the run could still be saved, and is spared all
/// further faults.
struct SparedWorld {
    let result: RunResult
    /// After how many steps of the bad world it branches off.
    let steps: Int

    /// The last branch of that moment in which the invariant holds; nil when there is none.
    ///
    /// - Parameter known: the one to look for, where it is known.
    init?(besides bad: RunResult, savedAt moment: Instant, breaking checker: String, known: RunResult?) {
        guard !bad.target.isLive, var world = try? World(bad.replayScenario, seed: bad.seed) else { return nil }
        var (step, found) = (0, nil as SparedWorld?)
        repeat {
            if world.now == moment {
                var branch = world
                branch.spareFaults()
                branch.run()
                let result = Runner.judge(branch, seed: bad.seed)
                let holds = !result.violations.contains { $0.checker == checker }
                if known.map({ $0.traceHash == result.traceHash }) ?? holds {
                    found = SparedWorld(result: result, steps: step)
                    if known != nil { break }
                }
            }
            step += 1
        } while world.now <= moment && world.step()
        guard let found else { return nil }
        self = found
    }

    private init(result: RunResult, steps: Int) {
        self.result = result
        self.steps = steps
    }
}

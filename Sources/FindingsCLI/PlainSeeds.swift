import Defects
import Foundation
import Harness

/// The processor time that this process has used.
struct ProcessorTime {
    private let begin = clock()

    var seconds: Double { Double(clock() - begin) / Double(CLOCKS_PER_SEC) }
}

/// One seed after the other, from 1: what every other search is compared with.
struct PlainSeeds {
    /// What it took.
    struct Outcome {
        /// The run that showed the defect; nil when the time was up first.
        var result: RunResult?
        var runs: Int
        var events: Int
        var seconds: Double
    }

    /// Processor time for each defect.
    let budget: Double

    func find(_ defect: Defect) throws -> Outcome {
        let scenario = try defect.planted()
        let time = ProcessorTime()
        var outcome = Outcome(result: nil, runs: 0, events: 0, seconds: 0)
        while outcome.seconds < budget {
            let result = try Runner.run(scenario, seed: UInt64(outcome.runs) + 1)
            outcome.runs += 1
            outcome.events += result.events
            outcome.seconds = time.seconds
            guard defect.violation(in: result) != nil else { continue }
            outcome.result = result
            return outcome
        }
        return outcome
    }
}

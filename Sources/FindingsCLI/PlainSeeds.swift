import Defects
import Foundation
import Harness

/// The processor time that this process has used since this was made.
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
        var runs = 0
        var events = 0
        var seconds = 0.0
    }

    /// Processor time for each defect.
    let budget: Double
    /// How many times as often faults strike as the scenario says.
    var boost = 1.0

    /// The first seed from `first` on that shows the defect.
    func find(_ defect: Defect, from first: UInt64 = 1) throws -> Outcome {
        var scenario = try defect.planted()
        scenario.rates.multiply(by: boost)
        let time = ProcessorTime()
        var outcome = Outcome()
        while outcome.seconds < budget {
            let result = try Runner.run(scenario, seed: first + UInt64(outcome.runs))
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

extension FaultRates {
    /// Makes all faults as many times as frequent.
    fileprivate mutating func multiply(by factor: Double) {
        let probabilities: [WritableKeyPath<FaultRates, Double>] = [
            \.duplicateRecords, \.reorderedRecords, \.delayedRecords, \.lostRequests, \.duplicatedRequests,
            \.storeConflicts, \.lostResponses, \.latencySpikes,
            \.serviceCrashes, \.handlerFailures, \.storeFailuresBeforeCommit, \.storeFailuresAfterCommit,
            \.slowTransactions, \.providerUnavailable, \.providerLosesCalls, \.providerLosesAnswers,
            \.providerAnswersLate, \.providerDeclines, \.providerAnswersTwice,
        ]
        let frequencies: [WritableKeyPath<FaultRates, Double>] = [
            \.poisonRate, \.slowLinkRate, \.brokerPauseRate, \.scalingRate, \.clockSkewRate, \.fullDiskRate,
            \.partitionRate, \.brokerCrashRate, \.controllerCrashRate, \.slowDiskRate, \.leaderMoveRate,
            \.coordinatorMoveRate, \.serviceKillRate, \.freezeRate, \.stallRate, \.rebalanceStormRate,
            \.providerOutageRate,
        ]
        for rate in probabilities { self[keyPath: rate] = min(self[keyPath: rate] * factor, 0.5) }
        for rate in frequencies { self[keyPath: rate] *= factor }
    }
}

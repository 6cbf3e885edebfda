import Harness

extension FaultRates {
    /// Whether faults strike at moments of their own, whatever goes on at them.
    var strikesAtMoments: Bool {
        let perSecond = [
            poisonRate, partitionRate, brokerCrashRate, controllerCrashRate, slowDiskRate, leaderMoveRate,
            coordinatorMoveRate, serviceKillRate, freezeRate, stallRate, rebalanceStormRate, providerOutageRate,
            slowLinkRate, brokerPauseRate, scalingRate, clockSkewRate, fullDiskRate,
        ]
        return perSecond.contains { $0 > 0 }
    }

    /// Whether any fault is to strike.
    var strikesAnything: Bool {
        let perChance = [
            duplicateRecords, reorderedRecords, delayedRecords, droppedRecords, lostRequests, lostResponses,
            duplicatedRequests, latencySpikes, serviceCrashes, handlerFailures, storeFailuresBeforeCommit,
            storeFailuresAfterCommit, storeConflicts, slowTransactions, providerUnavailable,
            providerLosesCalls, providerLosesAnswers, providerAnswersLate, providerDeclines, providerAnswersTwice,
        ]
        return strikesAtMoments || perChance.contains { $0 > 0 }
    }
}

extension Checker {
    /// Every invariant of the order system, in the order in which verdicts are shown.
    static let all: [Checker] = [
        .noLostOrder, .acknowledgedMeansDurable, .idempotentAPI, .nonsenseRefused,
        .noOversell, .stockConserved,
        .chargedAtMostOnce, .moneyConserved,
        .compensationComplete, .shippedAtMostOnce, .legalTransitions,
        .perOrderEventOrder, .causalityClosed, .stateEqualsFoldedLog, .eventsMatchContract,
        .poisonDeadLetteredOnce, .nothingValidDeadLettered,
        .replayWithoutSideEffects, .fraudDecisionsExplained,
        .noAcknowledgedRecordLost, .offsetsNeverPassUnprocessed,
        .quiescent, .clusterInvariants,
    ]
}

extension Checker {
    /// Every invariant of the order system, in the order in which verdicts are shown.
    static let all: [Checker] = [
        .noLostOrder, .acknowledgedMeansDurable, .idempotentAPI, .nonsenseRefused, .readsNeverGoBack,
        .noOversell, .stockConserved, .reservationsEnd,
        .chargedAtMostOnce, .moneyConserved,
        .compensationComplete, .lineCancellationsSettled, .returnsComplete, .shippedAtMostOnce, .legalTransitions,
        .perOrderEventOrder, .causalityClosed, .stateEqualsFoldedLog, .ordersRebuilt, .statusUpdatesInOrder,
        .eventsMatchContract, .notifiedAtMostOnce, .notifiedAtLast, .analyticsAgree,
        .poisonDeadLetteredOnce, .nothingValidDeadLettered,
        .replayWithoutSideEffects, .fraudDecisionsExplained,
        .noAcknowledgedRecordLost, .offsetsNeverPassUnprocessed,
        .quiescent, .clusterInvariants,
    ]
}

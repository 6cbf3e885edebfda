/// Every case, area by area.
public enum Suite {
    public static let cases: [ConformanceCase] =
        produceCases + idempotenceCases + fetchCases + fetchWaitCases + offsetsCases + commitCases + groupCases
        + groupLifeCases
        + rebalanceCases + transactionCases
        + transactionOffsetCases + transactionStateCases + adminCases + groupAdminCases + brokerCases + errorCases
        + orderingCases
}

/// Every case, area by area.
public enum Suite {
    public static let cases: [ConformanceCase] = [
        produceCases, idempotenceCases, fetchCases, fetchWaitCases, offsetsCases, commitCases, groupCases,
        groupLifeCases, rebalanceCases, transactionCases, transactionOffsetCases, transactionStateCases, adminCases,
        groupAdminCases, brokerCases, replicationCases, errorCases, orderingCases,
    ].flatMap { $0 }.sorted { place($0.area) < place($1.area) }

    private static func place(_ area: Area) -> Int { Area.allCases.firstIndex(of: area) ?? 0 }
}

import Harness
import OrreryTesting
import Testing
import Wallets

/// Two banks under everything that can happen to them. Scenarios are in `scenarios/`.
@Suite(.system(WalletSystem.self), .seeds(1...15))
struct WalletTests {
    @Test(.scenario("broker-loss")) func `money survives dying brokers`() {}

    @Test(.scenario("duplicates"), .seeds(1...20)) func `nobody notices duplicates`() {
        // Were there any?
        let kinds = ScenarioRuns.current?.summaries.flatMap(\.made).map(\.fault) ?? []
        #expect(kinds.contains("duplicate-record"))
    }

    @Test(.scenario("crashing-banks")) func `banks may crash at any point`() {}

    /// Every file of the directory, also those that somebody adds tomorrow.
    @Test(.seeds(26...28), arguments: try scenarioNames(in: "scenarios"))
    func `every scenario`(_ name: String) async throws { try await check(name) }

    /// A scenario may be made in code.
    @Test func `a slow network changes nothing`() async throws {
        var scenario = Scenario(system: WalletSystem())
        scenario.name = "slow-network"
        scenario.cluster.latency = .milliseconds(20)...(.milliseconds(80))
        scenario.rates.latencySpikes = 0.05
        try await check(scenario, seeds: 1...5)
    }
}

/// What is wrong on purpose has to be found, or the tests above prove little.
@Suite(.system(WalletSystem.self), .seeds(1...50))
struct DefectTests {
    @Test(.scenario("duplicates"), .setting("defect", to: "forgets-inbox"), .breaks("credited-once"))
    func `a bank that forgets its inbox`() {}

    @Test(.scenario("duplicates"), .setting("defect", to: "forgets-refund"), .breaks("money-conserved"))
    func `a bank that forgets refunds`() {}

    @Test(
        .scenario("crashing-banks"), .setting("policies.publishing", to: "dual-write"), .breaks("transfers-end"))
    func `a bank that publishes after the commit`() {}

    /// What the issue of a failed test says, for those who want to read one: take `withKnownIssue` away.
    @Test(.setting("defect", to: "forgets-balance")) func `a bank that does not look at the balance`() async throws {
        try await withKnownIssue {
            try await check("duplicates", seeds: 1...3)
        } matching: { issue in
            issue.comments.contains { $0.rawValue.contains("no-debts is broken") }
        }
    }
}

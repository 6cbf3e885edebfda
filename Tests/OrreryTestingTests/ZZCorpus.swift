import Foundation
import Harness
import OrderTestbed
import Testing

@testable import OrreryTesting

@Suite(.system(OrderSystemUnderTest.self), .seeds(1...6), .setting("workload.orders", to: "40"))
struct ZZCorpus {
    @Test(arguments: [
        ("duplicates", "policies.deduplication", "none"), ("crash-happy", "policies.publishing", "dual-write"),
        ("crash-happy", "policies.offset-commit", "before-processing"),
        ("payment-trouble", "policies.provider-timeout", "retry"),
        ("reordering", "policies.out-of-order", "ignore"), ("poison", "policies.poison", "skip"),
        ("crash-happy", "policies.state", "memory"),
    ])
    func corpus(_ name: String, _ key: String, _ value: String) async throws {
        var test = try #require(Test.current)
        test.traits += [
            ScenarioOption(choice: .setting(key: key, value: value)),
            ScenarioOption(choice: .reports("/tmp/suites-corpus/\(value)")),
        ]
        let scenario = try ScenarioTest(.file(name, nil), of: test, environment: [:])
        await withKnownIssue(isIntermittent: true) { _ = try await scenario.run() }
    }
}

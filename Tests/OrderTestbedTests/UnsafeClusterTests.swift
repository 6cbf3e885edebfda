import Foundation
import Harness
import OrderTestbed
import Testing

/// What Kafka itself offers that loses acknowledged records, under the order system.
@Suite("An unsafe choice of the cluster's or the clients' settings")
struct UnsafeClusterTests {
    private static let scenarios = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "scenarios")

    private func verdicts(
        _ seeds: ClosedRange<UInt64>, _ file: String, _ settings: [(String, String)]
    ) throws -> [Verdict] {
        let scenario = try ScenarioFile.load(
            path: Self.scenarios.appending(path: file).path, system: OrderSystemUnderTest.self, overrides: settings)
        return try seeds.map { try Runner.run(scenario, seed: $0).verdict }
    }

    /// Two of five brokers are down at times; the other three have a controller.
    private static let twoOfFive = [
        ("cluster.brokers", "5"), ("cluster.broker-session-timeout", "2s"), ("faults.broker-crash-rate", "1"),
    ]

    @Test("acknowledged orders are kept while only replicas in sync may lead, and lost when others may")
    func uncleanElection() throws {
        let unclean = Self.twoOfFive + [("cluster.unclean-leader-election", "true")]
        #expect(try verdicts(1...10, "two-brokers-lost.yaml", Self.twoOfFive).allSatisfy { $0 == .held })
        #expect(try verdicts(1...25, "two-brokers-lost.yaml", unclean).contains(.violated))
    }

    @Test("with acks=1, what only a leader had is lost with it")
    func leaderOnly() throws {
        let file = "cluster/produce-few-replicas.yaml"
        let leaderOnly = [("clients.acks", "1"), ("clients.enable.idempotence", "false")]
        #expect(try verdicts(1...10, file, []).allSatisfy { $0 == .held })
        #expect(try verdicts(1...40, file, leaderOnly).contains(.violated))
    }
}

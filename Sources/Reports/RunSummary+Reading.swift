import Foundation
import Harness
import Simulation

/// Reads the lines that `--json` has printed, on this machine or another.
extension RunSummary {
    /// The keys of a line.
    private struct Line: Decodable {
        struct Violation: Decodable {
            var checker: String
            var at: Double
            var order: String
            var message: String
        }
        struct Made: Decodable {
            var fault: String
            var count: Int
        }
        struct Unmade: Decodable {
            var fault: String
            var count: Int?
            var reason: String
        }

        var schemaVersion: Int
        var scenario: String
        var file: String
        var seed: UInt64
        var verdict: String
        var target: String
        var traceHash: String?
        var orders: Int
        var events: Int
        var virtualSeconds: Double
        var wallSeconds: Double
        var violations: [Violation]
        var report: String?
        var replay: String
        var faultsMade: [Made]
        var faultsNotMade: [Unmade]
        var unmetNeeds: [String]
        var stores: String?
        var shard: ShardPlace?
    }

    /// The summary that a line of `--json` holds. Throws a sentence where it holds none.
    public init(jsonLine text: String) throws(UnreadableSummary) {
        let line: Line
        do { line = try JSONDecoder().decode(Line.self, from: Data(text.utf8)) } catch {
            throw UnreadableSummary(description: "this is no line of 'orrery run --json'")
        }
        guard line.schemaVersion == Self.schemaVersion, let verdict = Verdict(rawValue: line.verdict),
            let target = RunTarget(rawValue: line.target)
        else {
            throw UnreadableSummary(
                description: "another version of orrery has written this: it is version \(line.schemaVersion), "
                    + "and this orrery reads \(Self.schemaVersion)")
        }
        scenario = line.scenario
        file = line.file
        seed = line.seed
        self.verdict = verdict
        self.target = target
        traceHash = line.traceHash.flatMap { TraceHash($0) }
        orders = line.orders
        events = line.events
        virtualTime = Duration(nanoseconds: Int64((line.virtualSeconds * 1e9).rounded()))
        wallSeconds = line.wallSeconds
        violations = line.violations.map {
            Violation(
                checker: $0.checker, at: Instant(nanoseconds: Int64(($0.at * 1e9).rounded())), subject: $0.order,
                message: $0.message)
        }
        report = line.report
        replay = line.replay
        made = line.faultsMade.map { ($0.fault, $0.count) }
        unmade = line.faultsNotMade.map { UnmadeFault(fault: $0.fault, count: $0.count, reason: $0.reason) }
        unmetNeeds = line.unmetNeeds
        keptStores = line.stores
        shard = line.shard
    }
}

/// Why a line is no summary of a run.
public struct UnreadableSummary: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String
}

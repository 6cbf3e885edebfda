import Foundation
import Kafka
import LiveTestSupport
import RdKafka
import Testing

/// Whole scenarios on live targets: real brokers, real processes, real databases.
@Suite(.serialized, .enabled(if: LiveTestTarget.areWanted, .init(rawValue: LiveTestTarget.advice)), .ownThread)
struct LiveTargetTests {
    /// Kills that a loop of a hundred has at least: some find their victim down already.
    private static let leastKills = 80

    private func expectHeld(_ run: LiveTestRun) {
        #expect(run.called.code == 0, "\(run.story)")
        #expect(run.result.verdict == "held", "\(run.story)")
    }

    /// Topics that runs have made and not removed.
    private func leftTopics(on target: LiveTestTarget) throws -> [String] {
        guard target == .kafka, let brokers = LiveTestTarget.brokers else { return [] }
        let admin = try Admin(ClientProperties(), brokers: brokers)
        return try admin.listTopics(within: .seconds(30)).map(\.name).filter { $0.hasPrefix("orrery-") }
    }

    @Test(arguments: LiveTestTarget.all)
    func `Everything goes wrong, and everything holds`(target: LiveTestTarget) throws {
        let before = try leftTopics(on: target)
        let run = try LiveTestRun("everything.yaml", on: target, in: TemporaryDirectory())
        expectHeld(run)
        #expect(run.result.faultsMade.count >= 8, "\(run.story)")
        let notMade = Set(run.result.faultsNotMade.map(\.fault))
        #expect(notMade.isSuperset(of: ["partition", "faults.lost-requests"]), "\(run.story)")
        #expect(run.result.faultsNotMade.allSatisfy { !$0.reason.isEmpty })
        #expect(try leftTopics(on: target) == before)
    }

    @Test(arguments: LiveTestTarget.all)
    func `Every fault of a live target is made or listed`(target: LiveTestTarget) throws {
        let run = try LiveTestRun("live/everything-live.yaml", on: target, in: TemporaryDirectory())
        expectHeld(run)
        let told = Set(run.result.faultsMade.map(\.fault) + run.result.faultsNotMade.map(\.fault))
        let planned: Set = [
            "kill-instance", "freeze-instance", "stall-consumer", "poison", "provider-outage", "slow-disk",
            "move-leader",
            "move-coordinator", "crash-broker", "rebalance-storm", "redrive-dead-letters",
        ]
        #expect(told.isSuperset(of: planned), "\(run.story)")
        if target == .embedded {
            #expect(planned.allSatisfy { run.result.made($0) > 0 }, "\(run.story)")
        }
    }

    @Test(arguments: LiveTestTarget.all)
    func `Who remembers in memory alone is found out by kills, and the report says so`(target: LiveTestTarget) throws {
        let directory = try TemporaryDirectory()
        let before = try leftTopics(on: target)
        let run = try LiveTestRun(
            "everything.yaml", on: target,
            ["--set", "policies.deduplication=memory", "--set", "faults.service-kill-rate=1/s"], in: directory)
        #expect(run.called.code == 1, "\(run.story)")
        #expect(run.result.verdict == "violated", "\(run.story)")
        #expect(run.result.made("kill-instance") > 0, "\(run.story)")
        let report = try String(
            contentsOf: directory.url.appending(path: try #require(run.result.report)), encoding: .utf8)
        #expect(report.contains("deduplication"), "\(report)")
        #expect(report.contains(try #require(run.result.violations.first).checker), "\(report)")
        #expect(try leftTopics(on: target) == before)
        // What a violated run keeps is for somebody to look at; nobody does here.
        let stores = try #require(run.result.stores).prefix { $0 != "," }
        if stores.hasPrefix("sqlite:") { try FileManager.default.removeItem(atPath: String(stores.dropFirst(7))) }
    }

    @Test(arguments: LiveTestTarget.all)
    func `A hundred kills under load on SQLite lose nothing`(target: LiveTestTarget) throws {
        let run = try LiveTestRun("live/kill-loop.yaml", on: target, in: TemporaryDirectory())
        expectHeld(run)
        #expect(run.result.made("kill-instance") >= Self.leastKills, "\(run.story)")
    }

    @Test(.enabled(if: PostgreSQLServer.url != nil, "PostgreSQL is not installed"), arguments: LiveTestTarget.all)
    func `A hundred kills under load on PostgreSQL, two instances of every service, lose nothing`(
        target: LiveTestTarget
    ) throws {
        let url = try #require(PostgreSQLServer.url)
        let run = try LiveTestRun("live/kill-loop.yaml", on: target, ["--store", url], in: TemporaryDirectory())
        expectHeld(run)
        #expect(run.result.made("kill-instance") >= Self.leastKills, "\(run.story)")
    }

    @Test(arguments: LiveTestTarget.all)
    func `A recorded run is played back with identical effects, killed lives as well`(target: LiveTestTarget) throws {
        let directory = try TemporaryDirectory()
        let run = try LiveTestRun(
            "everything.yaml", on: target, ["--record", "flights", "--set", "faults.service-kill-rate=0.5/s"],
            in: directory)
        expectHeld(run)
        let recordings = try FileManager.default.contentsOfDirectory(
            atPath: directory.url.appending(path: "flights").path())
        #expect(recordings.count > 14 + run.result.made("kill-instance") / 2, "\(recordings)")
        let replay = try Called(["replay", "flights"], program: LiveTestTarget.program, in: directory)
        #expect(replay.code == 0, "\(replay.output)\(replay.error)")
        let lines = replay.output.split(separator: "\n")
        #expect(lines.count == recordings.count)
        #expect(lines.allSatisfy { $0.contains(": identical, ") }, "\(replay.output)")
    }
}

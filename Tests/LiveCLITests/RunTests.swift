import Foundation
import LiveTestSupport
import Testing

/// `orrery-live run`, with a few orders: real processes, one of which is killed. `LiveTargetTests` has the long ones.
@Suite(.serialized, .ownThread) struct RunTests {
    private static let scenario = """
        purpose: A few orders, and a process that is killed.
        faults: {until: 4s}
        plan:
          - kill-instance: {instance: payment/1, at: 1s, restart-after: 200ms}
          - kill-instance: {instance: payment/1, at: 1s, restart-after: 200ms}
        services: {order: 1, payment: 1, inventory: 1, shipping: 1, notification: 1, analytics: 1, fraud: 1}
        shipping: {handling-time: 10ms, transit-time: 10ms}
        workload: {orders: 20, rate: 20}
        """

    @Test func `A killed process is started again, the run holds, and what was recorded plays back`() throws {
        let directory = try TemporaryDirectory()
        try Data(Self.scenario.utf8).write(to: directory.url.appending(component: "killed.yaml"))
        let run = try Called(["run", "killed.yaml", "--record", "flights"], in: directory)
        #expect(run.code == 0, "\(run.output)\(run.error)")
        #expect(run.output.hasPrefix("held  killed  seed 1  on embedded\n"))
        #expect(run.output.contains("  orders    20 in "))
        #expect(run.output.contains("  made      1 kill-instance\n"), "\(run.output)")
        #expect(run.output.contains("  not made  1 kill-instance: the instance was down already\n"), "\(run.output)")
        let again = try Called(["run", "killed.yaml", "--record", "flights"], in: directory)
        #expect(again.code == 65 && again.error.contains("name another directory"), "\(again.error)")
        let replay = try Called(["replay", "flights"], in: directory)
        #expect(replay.code == 0, "\(replay.output)\(replay.error)")
        #expect(replay.output.contains("payment/1.1: identical") && replay.output.contains("payment/1.2: identical"))
    }

    @Test func `What the embedded broker cannot do makes a run inconclusive, with the reason`() throws {
        let directory = try TemporaryDirectory()
        try Data(Self.scenario.utf8).write(to: directory.url.appending(component: "killed.yaml"))
        let run = try Called(["run", "killed.yaml", "--set", "policies.publishing=transactional"], in: directory)
        #expect(run.code == 2, "\(run.output)\(run.error)")
        #expect(run.output.hasPrefix("inconclusive  killed"))
        #expect(run.output.contains("the embedded broker shows what was aborted"))
    }

    @Test(arguments: [
        (["run", "x.yaml", "--target", "simulation"], "a simulation is run with 'orrery run'."),
        (["run", "x.yaml", "--target", "kafka"], "Name Kafka's brokers"),
        (["run", "x.yaml", "--brokers", "a:1"], "--brokers is for --target kafka"),
        (["run", "x.yaml", "--store", "memory:"], "use sqlite:DIR"),
        (["run", "x.yaml", "--record", ""], "--record must name a directory."),
    ]) func `A wrong command line is exit code 64`(arguments: [String], message: String) throws {
        let called = try Called(arguments, in: TemporaryDirectory())
        #expect(called.code == 64 && called.error.contains(message), "\(called.error)")
    }
}

import ArgumentParser
import LiveHarness
import OrderTestbed

/// `orrery-live worker`: one service instance of a run. Started by `run`, spoken to through pipes.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Is one service instance of a run.", shouldDisplay: false)

    func run() throws {
        let code = Worker.run(system: OrderSystemUnderTest.self)
        if code != 0 { throw ExitCode(code) }
    }
}

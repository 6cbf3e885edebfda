import ArgumentParser

/// The commands that touch the real world.
@main
struct OrreryLive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orrery-live", abstract: "Orrery on real Kafka: the same services, outside of the simulation.",
        subcommands: [
            ServeCommand.self, RunCommand.self, ReplayCommand.self, LagCommand.self, TopicsCommand.self,
            DeadLettersCommand.self, DoctorCommand.self, WorkerCommand.self,
        ])
}

import ArgumentParser

/// The command line of the simulator.
@main
struct Orrery: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orrery",
        abstract: "Runs order services on a simulated Kafka cluster, injects faults, and checks that nothing was lost.",
        discussion: """
            A run is decided by its scenario and seed alone: the same line replays the same \
            run.

              orrery run scenarios/calm.yaml
              orrery run scenarios --seeds 1..50
              orrery run scenarios/poison.yaml --seed 7 --set policies.poison=skip
              orrery run scenarios/everything.yaml --blueprint parallel --profile as-written
              orrery blueprint parallel
              orrery explore scenarios/everything.yaml --for 5m
              orrery compare
              orrery run scenarios/calm.yaml --target embedded
              orrery serve

            EXIT CODES
              0   every invariant held; a comparison was made
              1   an invariant was violated
              2   inconclusive: nothing was seen from which one could tell
              64  the command line is wrong
              65  a scenario is wrong, or shards do not belong together
              69  the running system that was asked does not answer, or orrery-live is not built
              70  an internal error, such as a report that cannot be written
              130 interrupted; what had finished was printed
            """,
        subcommands: [
            RunCommand.self, ExploreCommand.self, DebugCommand.self, ReportCommand.self, MergeCommand.self,
            CompareCommand.self, ScenariosCommand.self, CheckCommand.self, BlueprintCommand.self,
            SchemaCommand.self, ReplayOrdersCommand.self,
        ],
        groupedSubcommands: [
            CommandGroup(
                name: "Real clusters",
                subcommands: [
                    ServeCommand.self, ReplayCommand.self, LagCommand.self, TopicsCommand.self,
                    DeadLettersCommand.self, DoctorCommand.self,
                ])
        ])

    static func main() async {
        // The options of a run on a real cluster are those of another program.
        if let arguments = LiveProgram.run(Array(CommandLine.arguments.dropFirst())) {
            do { try LiveProgram.become(arguments) } catch { exit(withError: error) }
        }
        await main(nil)
    }
}

import ArgumentParser
import Conformance
import Foundation

@main
struct ConformanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orrery-conformance",
        abstract: "Run client programs against the virtual cluster, librdkafka's mock cluster and Kafka, and compare.",
        discussion: """
            Results go to standard output, progress to standard error. Real Kafka takes part when ORRERY_KAFKA_BROKERS \
            names its brokers.

            EXIT CODES
              0   nothing fails: every case is as in Kafka, or differs as explained
              1   a case fails
              64  the command line is wrong
            """,
        subcommands: [RunCommand.self, MockServer.self, CaseCommand.self], defaultSubcommand: RunCommand.self)
}

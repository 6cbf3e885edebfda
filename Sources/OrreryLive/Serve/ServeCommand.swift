import ArgumentParser
import Foundation
import OrderTestbed
import Stores

/// `orrery-live serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the services, all or some, with their HTTP API.",
        discussion: """
            Without options: all services, an embedded broker, SQLite in ./orrery-data, http://127.0.0.1:3000.

              orrery serve
              orrery serve --services order,payment --brokers kafka-1:9092,kafka-2:9092 --store postgres://app@db/orders

            THE EMBEDDED BROKER is librdkafka's mock cluster, in this process. It is for development: it keeps \
            records in memory only (5 MiB a partition, older ones are dropped) and forgets everything when the process \
            ends; it has no replication, no read_committed, and no sequence check of idempotent producers. What services \
            know is in their stores and stays. For anything else, name a Kafka cluster with --brokers.

            Payments and messages go to a sandbox in this process: no money moves and nothing is sent. The payment token \
            tok_declined is declined, every other is charged. What it did stands in the stores 'sandbox-payments' and \
            'sandbox-messages'; repeated calls are recognised after a restart, too.

            Several processes may share the work. On one store each needs its own --instance-number.

            SIGTERM or Ctrl-C lets everything under way finish, commits, and ends with 0; a second one ends at once.

            ENVIRONMENT
              ORRERY_KAFKA_BROKERS  stands in for --brokers
              ORRERY_STORE          stands in for --store: a password does not belong into a command line
            """)

    @Option(help: "The port of the HTTP API; 0 for any that is free.")
    var port = 3000

    @Option(help: ArgumentHelp("The address that it listens on; 0.0.0.0 for all.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("all, or some by name: order,inventory.", valueName: "names"))
    var services = "all"

    @Option(help: "How many instances of each service run in this process.")
    var instances = 1

    @Option(help: "The number of the first instance; no two that share a store may have the same.")
    var instanceNumber: Int32 = 1

    @OptionGroup var system: SystemOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var store: StoreOptions

    @Option(
        help: ArgumentHelp(
            "Record every instance here, to be played back with 'orrery replay DIR'.", valueName: "dir"))
    var record: String?

    @Option(help: "text or json: how the log on standard error is written.")
    var logFormat = LogFormat.text

    func validate() throws {
        if !(0...65_535).contains(port) { throw ValidationError("--port must be from 0 to 65535.") }
        if record?.isEmpty == true { throw ValidationError("--record must name a directory.") }
        if host.isEmpty { throw ValidationError("--host must be an address, such as 127.0.0.1.") }
        if !(1...100).contains(instances) { throw ValidationError("--instances must be from 1 to 100.") }
        if !(1...1_000_000).contains(instanceNumber) {
            throw ValidationError("--instance-number must be from 1 to 1000000.")
        }
    }

    func run() async throws {
        let system = try system.system()
        let served = try ServedSystem(system, prefix: cluster.topicPrefix, services: services)
        let plan = ServePlan(
            system: served, host: host, port: port, numbers: instanceNumber..<(instanceNumber + Int32(instances)),
            brokers: try cluster.wanted, properties: try cluster.properties(), store: try location(for: served),
            data: store.directory, locks: store.isSQLite,
            recordings: try record.map { (directory: $0, system: try self.system.text()) })
        try await ServeSession(plan, log: EventLog(logFormat)).run()
    }

    /// Services that keep nothing (policies.state=memory) have no use for a database.
    private func location(for served: ServedSystem) throws -> StoreLocation {
        served.policies.state == .memory ? try StoreLocation("memory:") : try store.location()
    }
}

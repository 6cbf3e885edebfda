import ArgumentParser
import Live
import RdKafka

/// `orrery-live lag`
struct LagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag", abstract: "Show how far behind each consumer group is.",
        discussion: """
            COMMITTED is the next record that a group has to process, '-' where it has never committed; END is the offset \
            that the next record will get. Nothing is joined and nothing is changed.

              orrery lag
              orrery lag --brokers kafka-1:9092 --json
            """)

    @OptionGroup var system: SystemOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var store: StoreOptions

    @Flag(help: "Print one JSON object a partition.")
    var json = false

    @Flag(help: "Show the partitions too that nothing waits in.")
    var all = false

    func run() throws {
        let served = try ServedSystem(system.system(), prefix: cluster.topicPrefix, services: "all")
        let admin = try Reached.admin(cluster, near: store.directory)
        let (lags, unknown) = admin.lags(of: served.groups, within: .seconds(5))
        for sentence in unknown { Terminal.note("not known: \(sentence)") }
        if json {
            for lag in lags { try Terminal.printJSON(lag) }
        } else {
            show(lags)
        }
        if lags.isEmpty, !unknown.isEmpty { throw ExitCode.unavailable }
    }

    private func show(_ lags: [GroupLag]) {
        let total = lags.reduce(0) { $0 + $1.lag }
        let shown = all ? lags : lags.filter { $0.lag > 0 }
        if !shown.isEmpty {
            let header = [["GROUP", "TOPIC", "PARTITION", "COMMITTED", "END", "LAG"]]
            let rows = shown.map { lag in
                [
                    lag.group, lag.topic, "\(lag.partition)", lag.committed.map { "\($0)" } ?? "-", "\(lag.end)",
                    "\(lag.lag)",
                ]
            }
            Terminal.printTable(header + rows, right: [2, 3, 4, 5])
        }
        let groups = Set(lags.map(\.group)).count
        Terminal.print(
            total == 0
                ? "\(groups) groups, \(lags.count) partitions: nothing waits."
                : "\(groups) groups, \(lags.count) partitions: \(total) records wait.")
    }
}

/// A cluster that answers.
enum Reached {
    /// A client for administrators; exit code 69 when nobody answers.
    static func admin(_ options: ClusterOptions, near data: DataDirectory) throws -> Admin {
        let brokers = try options.found(near: data)
        do {
            let admin = try Admin(try options.properties(), brokers: brokers)
            _ = try admin.describeCluster(within: .seconds(5))
            return admin
        } catch let failure as KafkaFailure {
            throw Terminal.fail(sentence(brokers, failure, data), .unavailable)
        }
    }

    static func sentence(_ brokers: String, _ failure: KafkaFailure, _ data: DataDirectory) -> String {
        let hint =
            brokers == data.embeddedBroker
            ? "that is where 'orrery serve' had its embedded broker; is it still running?"
            : "is it running, and reachable from here?"
        return "no cluster answers at \(brokers) (\(failure.reason)): \(hint)"
    }
}

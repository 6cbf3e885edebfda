import ArgumentParser
import Kafka
import Live
import RdKafka

/// `orrery-live topics`
struct TopicsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topics", abstract: "Show the topics of the system, and what is wrong with them.",
        discussion: """
            For each topic: partitions, leaders, replicas in sync of all replicas, records, and where its settings are not \
            what services need. RECORDS counts offsets; transactions leave gaps in them.

              orrery topics
              orrery topics --brokers kafka-1:9092 --topic-prefix shop. --json
            """)

    @OptionGroup var system: SystemOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var store: StoreOptions

    @Flag(help: "Print one JSON object a topic.")
    var json = false

    func run() throws {
        let served = try ServedSystem(system.system(), prefix: cluster.topicPrefix, services: "all")
        let admin = try Reached.admin(cluster, near: store.directory)
        let reports = try TopicReport.all(served.needs, with: admin)
        if json {
            for report in reports { try Terminal.printJSON(report) }
        } else {
            let header = [["TOPIC", "PARTITIONS", "LEADERS", "IN SYNC", "RECORDS", "FINDINGS"]]
            let rows = reports.map { report in
                let findings = report.findings.map(\.text).joined(separator: "; ")
                guard let state = report.state else { return [report.topic, "-", "-", "-", "-", findings] }
                return [
                    report.topic, "\(state.partitions)", state.leaders.map { "\($0)" }.joined(separator: ","),
                    "\(state.inSync)/\(state.replicas)", "\(state.records)", findings,
                ]
            }
            Terminal.printTable(header + rows, right: [1, 4])
        }
        if reports.contains(where: { $0.findings.contains(where: \.mustBeFixed) }) { throw ExitCode.found }
    }
}

/// What is to be said about a topic.
struct TopicReport: Encodable {
    /// Something about a topic that is not as services need it.
    struct Finding: Encodable, Equatable {
        var text: String
        var advice: String
        var mustBeFixed: Bool
    }

    /// A topic as it is.
    struct State: Encodable {
        var partitions: Int
        /// The brokers that lead its partitions.
        var leaders: [Int32]
        /// Over all partitions.
        var replicas: Int
        var inSync: Int
        var records: Int64
    }

    var topic: String
    /// Nil when there is no such topic.
    var state: State?
    var findings: [Finding] = []

    static func all(_ needs: [NeededTopic], with admin: Admin) throws -> [TopicReport] {
        do {
            let known = Set(try admin.listTopics(within: .seconds(5)).map(\.name))
            let brokers = try admin.describeCluster(within: .seconds(5)).brokers.count
            return try needs.map { need in
                guard known.contains(need.name) else {
                    return TopicReport(
                        topic: need.name,
                        findings: [
                            Finding(
                                text: "is missing", advice: "'orrery serve' makes it, or make it yourself",
                                mustBeFixed: true)
                        ])
                }
                return try report(on: need, brokers: brokers, with: admin)
            }
        } catch let failure as KafkaFailure {
            throw Terminal.fail("the cluster does not answer: \(failure.reason)", .unavailable)
        }
    }

    private static func report(on need: NeededTopic, brokers: Int, with admin: Admin) throws(KafkaFailure)
        -> TopicReport
    {
        let topic = try admin.describe(topic: need.name, within: .seconds(5))
        // A cluster that does not tell its settings, as the embedded one does, is judged by what can be seen.
        let settings = (try? admin.configuration(ofTopic: need.name, within: .seconds(5))) ?? []
        var records: Int64 = 0
        for (partition, leader) in topic.leaders.enumerated() where leader != nil {
            let (low, high) = try admin.watermarks(
                of: NamedPartition(need.name, Int32(partition)), within: .seconds(5))
            records += max(0, high - low)
        }
        let state = State(
            partitions: topic.leaders.count, leaders: Set(topic.leaders.compactMap { $0 }).sorted(),
            replicas: topic.replicas.reduce(0) { $0 + $1.count }, inSync: topic.inSync.reduce(0) { $0 + $1.count },
            records: records)
        let rules = TopicRules(need: need, topic: topic, brokers: brokers, settings: settings)
        return TopicReport(topic: need.name, state: state, findings: rules.findings)
    }
}

/// What services need of a topic.
struct TopicRules {
    let need: NeededTopic
    let topic: TopicDescription
    let brokers: Int
    let settings: [ConfigurationEntry]

    var findings: [TopicReport.Finding] {
        var findings: [TopicReport.Finding] = []
        func must(_ text: String, _ advice: String) {
            findings.append(TopicReport.Finding(text: text, advice: advice, mustBeFixed: true))
        }
        func should(_ text: String, _ advice: String) {
            findings.append(TopicReport.Finding(text: text, advice: advice, mustBeFixed: false))
        }
        let leaderless = topic.leaders.count { $0 == nil }
        if leaderless > 0 {
            must("\(leaderless) partitions have no leader", "bring back the brokers that have their replicas")
        }
        if topic.leaders.count != Int(need.partitions) {
            should(
                "\(topic.leaders.count) partitions, the blueprint says \(need.partitions)",
                "fine if it was meant: order is kept per key as long as the number stays")
        }
        if zip(topic.inSync, topic.replicas).contains(where: { $0.count < $1.count }) {
            should("replicas are not in sync", "wait, or look at the brokers that lag")
        }
        let replication = topic.replicas.map(\.count).min() ?? 0
        if replication < min(brokers, NeededTopics.replication) {
            should(
                "kept by \(replication) of \(brokers) brokers",
                "an acknowledged record is lost with its disk: raise the replication factor to 3")
        }
        settingsFindings(replication, must: must, should: should)
        return findings
    }

    private func settingsFindings(
        _ replication: Int, must: (String, String) -> Void, should: (String, String) -> Void
    ) {
        func value(_ name: String) -> String? { settings.first { $0.name == name }?.value }
        if let policy = value("cleanup.policy"), policy.contains("compact") {
            must("cleanup.policy=\(policy)", "compaction drops events that were not read yet: set it to delete")
        }
        if value("unclean.leader.election.enable") == "true" {
            must(
                "unclean.leader.election.enable=true", "a replica that lags may lead and lose records: set it to false")
        }
        if let inSync = value("min.insync.replicas").flatMap({ Int($0) }) {
            if inSync >= replication, replication > 1 {
                should(
                    "min.insync.replicas=\(inSync) of \(replication)",
                    "one broker that is away stops all writing: lower it")
            }
            if inSync < 2, replication > 2 {
                should("min.insync.replicas=\(inSync)", "a record may be acknowledged by one broker alone: set it to 2")
            }
        }
        if let retention = value("retention.ms").flatMap({ Int64($0) }), (0..<86_400_000).contains(retention) {
            should("retention.ms=\(retention)", "a group that is away for longer loses events: a day is little")
        }
    }
}

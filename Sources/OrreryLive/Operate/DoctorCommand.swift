import ArgumentParser
import Foundation
import Kafka
import Live
import RdKafka

/// `orrery-live doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what the system needs: librdkafka, cluster, topics, clock, store, limits.",
        discussion: """
            ✓ is fine, ! could be better, ✗ must be fixed. The exit code is 1 when something must be fixed.

              orrery doctor
              orrery doctor --brokers kafka-1:9092 --store postgres://app@db/orders
            """)

    @OptionGroup var system: SystemOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var store: StoreOptions

    func run() throws {
        let served = try ServedSystem(system.system(), prefix: cluster.topicPrefix, services: "all")
        var examination = Examination(served, store: store)
        examination.checkLibrary()
        examination.checkLimits()
        try examination.checkStore()
        try examination.checkCluster(cluster)
        for line in examination.lines { Terminal.print(line) }
        if examination.mustFix > 0 {
            Terminal.print("\(examination.mustFix) things must be fixed.")
            throw ExitCode.found
        }
    }
}

/// What a doctor finds.
struct Examination {
    private(set) var lines: [String] = []
    private(set) var mustFix = 0
    private let system: ServedSystem
    private let store: StoreOptions

    init(_ system: ServedSystem, store: StoreOptions) {
        self.system = system
        self.store = store
    }

    mutating func fine(_ sentence: String) { lines.append("✓ \(sentence)") }
    mutating func advise(_ finding: String, _ advice: String) { lines.append("! \(finding): \(advice)") }

    mutating func fix(_ finding: String, _ advice: String) {
        mustFix += 1
        lines.append("✗ \(finding): \(advice)")
    }

    // MARK: This machine

    mutating func checkLibrary() {
        if LibrdkafkaVersion.isSufficient {
            fine("librdkafka \(LibrdkafkaVersion.text)")
        } else {
            fix(
                "librdkafka \(LibrdkafkaVersion.text)",
                "install 2.0 or later (apt install librdkafka-dev), and build again")
        }
    }

    mutating func checkLimits() {
        var limit = rlimit()
        #if canImport(Darwin)
            let resource = RLIMIT_NOFILE
        #else
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        guard getrlimit(resource, &limit) == 0 else { return }
        // Clients' connections, databases with their logs, and those who ask the API.
        if limit.rlim_cur < 1_024 {
            fix("\(limit.rlim_cur) open files are allowed", "raise the limit: ulimit -n 4096")
        } else {
            fine("\(limit.rlim_cur > 1 << 40 ? "any number of" : "\(limit.rlim_cur)") open files are allowed")
        }
    }

    mutating func checkStore() throws {
        if store.isSQLite { checkDirectory(store.directory) }
        if store.isPostgreSQL { try checkPostgreSQL() }
    }

    private mutating func checkDirectory(_ directory: DataDirectory) {
        let probe = "\(directory.path)/.doctor-\(ProcessInfo.processInfo.processIdentifier)"
        do {
            try directory.make()
            try Data("x".utf8).write(to: URL(filePath: probe))
            try FileManager.default.removeItem(atPath: probe)
            fine("the store's directory '\(directory.path)' can be written")
        } catch {
            return fix(
                "the store's directory '\(directory.path)' cannot be written (\(error.localizedDescription))",
                "change its owner, or choose another with --store sqlite:DIR")
        }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: directory.path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else { return }
        let mebibytes = free / 1_048_576
        if mebibytes < 100 {
            fix("\(mebibytes) MiB of disk are free", "make room: SQLite stops when there is none")
        } else if mebibytes < 2_048 {
            advise("\(mebibytes) MiB of disk are free", "an order takes about 10 KiB in all stores; keep some GiB")
        } else {
            fine("\(mebibytes / 1_024) GiB of disk are free")
        }
    }

    private mutating func checkPostgreSQL() throws {
        let location = try store.location()
        do {
            // A schema is made and removed again: the right to do that is what services need.
            let probe = "doctor_\(ProcessInfo.processInfo.processIdentifier)"
            try location.open(service: probe).close()
            try location.removeEverything(services: [probe])
            fine("PostgreSQL answers at \(location), and lets schemas be made")
        } catch {
            fix("PostgreSQL at \(location): \(error)", "is it running, and may this user connect and create schemas?")
        }
    }

    // MARK: The cluster

    mutating func checkCluster(_ options: ClusterOptions) throws {
        let data = store.directory
        let brokers: String
        if let wanted = try options.wanted {
            brokers = wanted
        } else {
            guard let embedded = data.embeddedBroker else {
                return advise(
                    "no cluster is named", "none is needed with the embedded broker; 'orrery serve' starts it")
            }
            brokers = embedded
        }
        do {
            let admin = try Admin(try options.properties(), brokers: brokers)
            let cluster = try admin.describeCluster(within: .seconds(5))
            let controller = cluster.controller.map { ", controller \($0)" } ?? ""
            fine("\(cluster.brokers.count) brokers answer at \(brokers)\(controller)")
            checkTopics(try TopicReport.all(system.needs, with: admin))
            try checkClock(try options.properties(), brokers)
        } catch let failure as KafkaFailure {
            fix("no cluster answers at \(brokers) (\(failure.reason))", Self.hint(brokers, data))
        }
    }

    private static func hint(_ brokers: String, _ data: DataDirectory) -> String {
        brokers == data.embeddedBroker
            ? "that is where 'orrery serve' had its embedded broker; start it again, or remove \(data.path)/embedded-broker"
            : "check the address, the firewall and advertised.listeners"
    }

    private mutating func checkTopics(_ reports: [TopicReport]) {
        // Before the first start nothing is there, and nothing is wrong.
        if reports.allSatisfy({ $0.state == nil }) {
            return advise("none of the \(reports.count) topics is there yet", "'orrery serve' makes them")
        }
        var good = 0
        for report in reports {
            if report.findings.isEmpty { good += 1 }
            for finding in report.findings {
                let sentence = "topic '\(report.topic)': \(finding.text)"
                if finding.mustBeFixed { fix(sentence, finding.advice) } else { advise(sentence, finding.advice) }
            }
        }
        if good > 0 { fine("\(good) of \(reports.count) topics are as services need them") }
    }

    /// Services write their own time into records. One from the future shows that clocks differ.
    private mutating func checkClock(_ properties: ClientProperties, _ brokers: String) throws(KafkaFailure) {
        let reader = try TopicReader(properties, brokers: brokers)
        var latest: Int64?
        for topic in system.needs {
            guard let partitions = try? reader.partitionCount(of: topic.name, within: .seconds(5)) else { continue }
            for number in 0..<partitions {
                let partition = NamedPartition(topic.name, number)
                let ends = try reader.ends(of: partition, within: .seconds(5))
                guard !ends.isEmpty else { continue }
                let last = try? reader.record(at: ends.upperBound - 1, of: partition, within: .seconds(2))
                if let time = last?.record.timestampMilliseconds { latest = max(latest ?? time, time) }
            }
        }
        guard let latest else { return }
        let ahead = Double(latest) / 1_000 - Date.now.timeIntervalSince1970
        if ahead > 1 {
            fix(
                "a record is \(Int(ahead)) s ahead of this machine's clock",
                "deadlines depend on clocks: let chrony or ntpd set those of all machines")
        } else {
            fine("no record is ahead of this machine's clock")
        }
    }
}

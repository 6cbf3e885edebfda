import ArgumentParser
import Foundation
import Kafka
import Stores

/// Where the cluster is, and what belongs to the system there.
struct ClusterOptions: ParsableArguments {
    /// The environment variable that says where the cluster is when `--brokers` does not.
    static let variable = "ORRERY_KAFKA_BROKERS"

    @Option(
        help: ArgumentHelp(
            "Kafka, as HOST:PORT,HOST:PORT; $\(variable) unless given, else the embedded broker of 'orrery serve'.",
            valueName: "host:port,…"))
    var brokers: String?

    @Option(help: ArgumentHelp("What all topics and groups of the system begin with.", valueName: "prefix"))
    var topicPrefix = ""

    @Option(
        name: .customLong("client"), parsing: .singleValue,
        help: ArgumentHelp(
            "A property of librdkafka for all clients: session.timeout.ms=10000.", valueName: "property=value"),
        transform: { text in try Assignment(parsing: text, example: "session.timeout.ms=10000") })
    var client: [Assignment] = []

    func validate() throws {
        if let brokers { try Self.check(brokers: brokers) }
        let allowed = topicPrefix.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || [0x2d, 0x2e, 0x5f].contains(byte)
        }
        guard allowed, topicPrefix.utf8.count <= 100 else {
            throw ValidationError(
                "--topic-prefix may have at most 100 characters, of letters, digits, '.', '_' and '-'.")
        }
        _ = try properties()
    }

    /// Throws unless every part is `HOST:PORT`, or the whole is `embedded`.
    static func check(brokers: String) throws {
        if brokers == "embedded" { return }
        let parts = brokers.split(separator: ",", omittingEmptySubsequences: false)
        for part in parts {
            guard let colon = part.lastIndex(of: ":"), colon != part.startIndex,
                let port = Int(part[part.index(after: colon)...]), (1...65_535).contains(port)
            else {
                throw ValidationError(
                    "--brokers '\(brokers)': write HOST:PORT, several of them separated by commas, or embedded.")
            }
        }
    }

    /// The properties of `--client`.
    func properties() throws -> ClientProperties {
        do throws(PropertyError) {
            return try ClientProperties(client.map { (name: $0.key, value: $0.value) })
        } catch {
            throw ValidationError("--client: \(error)")
        }
    }

    /// What was asked for, by the command line or the environment; nil for the embedded broker.
    var wanted: String? {
        get throws {
            let environment = ProcessInfo.processInfo.environment[Self.variable] ?? ""
            let text = brokers ?? (environment.isEmpty ? "embedded" : environment)
            try Self.check(brokers: text)
            return text == "embedded" ? nil : text
        }
    }

    /// The cluster that commands ask which serve nothing: exit code 69 when none is known.
    func found(near data: DataDirectory) throws -> String {
        if let wanted = try wanted { return wanted }
        if let embedded = data.embeddedBroker { return embedded }
        throw Terminal.fail(
            "there is no cluster to ask: start 'orrery serve' in this directory, or name one with --brokers or "
                + "$\(Self.variable).", .unavailable)
    }
}

/// Where the data of the system is.
struct StoreOptions: ParsableArguments {
    /// The environment variable that says where the stores are when `--store` does not.
    static let variable = "ORRERY_STORE"

    @Option(
        help: ArgumentHelp(
            "sqlite:DIR, or postgres://USER:PASSWORD@HOST:PORT/DATABASE; $\(variable) unless given, else "
                + "sqlite:orrery-data.", valueName: "where"))
    var store: String?

    func validate() throws { _ = try location() }

    private var text: String {
        let environment = ProcessInfo.processInfo.environment[Self.variable] ?? ""
        return store ?? (environment.isEmpty ? "sqlite:orrery-data" : environment)
    }

    func location() throws -> StoreLocation {
        do throws(StoreLocationError) {
            return try StoreLocation(text)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// The directory of the system's files: that of SQLite, or the usual one.
    var directory: DataDirectory {
        DataDirectory(path: text.hasPrefix("sqlite:") ? String(text.dropFirst("sqlite:".count)) : "orrery-data")
    }

    /// Whether the stores are files in that directory.
    var isSQLite: Bool { text.hasPrefix("sqlite:") }
    /// Whether the stores are in PostgreSQL.
    var isPostgreSQL: Bool { text.hasPrefix("postgres") }
}

/// The directory in which a system that serves keeps its files.
struct DataDirectory: Sendable {
    let path: String

    /// The address of the embedded broker of a process that serves, while it runs.
    var embeddedBroker: String? {
        guard let text = try? String(contentsOfFile: addressFile, encoding: .utf8) else { return nil }
        let address = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return address.isEmpty ? nil : address
    }

    private var addressFile: String { "\(path)/embedded-broker" }

    func make() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    func note(embeddedBroker address: String) throws {
        try (address + "\n").write(toFile: addressFile, atomically: true, encoding: .utf8)
    }

    func forgetEmbeddedBroker() { try? FileManager.default.removeItem(atPath: addressFile) }
}

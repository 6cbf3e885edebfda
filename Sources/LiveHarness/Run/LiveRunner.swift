import Foundation
import Harness
import Kafka
import Live
import Services
import Simulation
import Stores

/// How a live run is made.
public struct LiveOptions: Sendable {
    public var target: RunTarget
    /// `host:port`, separated by commas; for Kafka alone.
    public var brokers: String
    /// Where the services keep what they know: `sqlite:DIR` or `postgres://…`.
    public var store: String
    /// The program that is one service instance, and what it is to be called with.
    var worker: ChildProcess.Command
    /// Where every life of every instance is recorded; nil for nowhere.
    public var recordings: String?
    /// Whether the run is to end at once.
    public var isInterrupted: @Sendable () -> Bool = { false }
    /// Is told, now and then, how far the run has come.
    public var progress: @Sendable (LiveProgress) -> Void = { _ in }
    /// A line for whoever watches.
    public var note: @Sendable (String) -> Void = { _ in }

    public init(
        target: RunTarget, brokers: String, store: String, worker: (executable: String, arguments: [String])
    ) {
        self.target = target
        self.brokers = brokers
        self.store = store
        self.worker = ChildProcess.Command(executable: worker.executable, arguments: worker.arguments)
    }
}

/// Runs scenarios on live targets.
public enum LiveRunner {
    /// Runs a scenario to its end and judges it. Its topics are removed, whatever happens; so are its stores, unless it
    /// was violated.
    ///
    /// - Parameter file: what errors call the scenario.
    /// - Throws: `LiveRunError`, and whatever keeps the target from coming into being.
    public static func run(_ scenario: Scenario, file: String, seed: UInt64, options: LiveOptions) throws -> RunResult {
        let target: any LiveTarget =
            options.target == .kafka ? try KafkaTarget(brokers: options.brokers) : try EmbeddedTarget(scenario)
        let needs = target.unmetNeeds(of: scenario)
        guard needs.isEmpty else { return inconclusive(scenario, seed, options.target, needs) }
        let cast = LiveCast(scenario)
        let name = name(of: scenario)
        let topics = LiveTopics(cast.topics, prefix: name + ".")
        let stores = try StoreLocation(options.store, prefix: name)
        defer { target.removeTopics(of: cast, named: topics) }
        let obstacles = try target.createTopics(of: cast, named: topics, cluster: scenario.cluster)
        guard obstacles.isEmpty else { return inconclusive(scenario, seed, options.target, obstacles) }
        let run = try LiveRun(
            scenario, file: file, seed: seed, options: options, cast: cast, target: target, topics: topics,
            stores: stores)
        var keepsStores = false
        defer {
            run.close()
            if !keepsStores { try? stores.removeEverything(services: cast.services.map(\.name)) }
        }
        try run.run()
        let history = try run.history()
        let checks = scenario.system.judge(history)
        run.unmade.add(planned: scenario.plan, struck: history.faults)
        var result = RunResult(
            live: options.target, scenario: scenario, seed: seed, checks: checks, unmade: run.unmade.list,
            unmetNeeds: history.missing, history: history)
        keepsStores = result.verdict == .violated
        if keepsStores { result.keptStores = "\(stores), \(name)" }
        return result
    }

    private static func inconclusive(
        _ scenario: Scenario, _ seed: UInt64, _ target: RunTarget, _ needs: [String]
    ) -> RunResult {
        RunResult(
            live: target, scenario: scenario, seed: seed, checks: [], unmade: [], unmetNeeds: needs, history: History())
    }

    /// `orrery-calm-3f2a9c01`: no two runs have the same, and an operator sees whose topics these are. Short, as
    /// PostgreSQL cuts the names of schemas at 63 bytes.
    private static func name(of scenario: Scenario) -> String {
        let name = scenario.name.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "-"
        }
        let random = String(UInt32.random(in: .min ... .max), radix: 16)
        return "orrery-\(String(name.prefix(20)))-\(random)"
    }
}

extension History {
    /// Every fault that struck, in order.
    var faults: [FaultAction] {
        entries.compactMap { entry in if case .fault(let action) = entry.event { action } else { nil } }
    }
}

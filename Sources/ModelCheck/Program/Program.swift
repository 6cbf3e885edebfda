import Simulation

/// A program for the cluster: what it runs on, and what happens, in order of time. When its last step is done, faults
/// are undone, and the cluster gets time to come to rest.
package struct Program: Hashable, Sendable {
    /// For whatever is left to chance: latencies, losses, back-offs.
    package var seed: UInt64
    package var setup: Setup
    package var steps: [Step]

    package init(seed: UInt64, setup: Setup, steps: [Step]) {
        self.seed = seed
        self.setup = setup
        self.steps = steps
    }

    /// A program on the simplest setup, changed where needed.
    package init(seed: UInt64, steps: [Step], _ change: (inout Setup) -> Void = { _ in }) {
        self.init(seed: seed, setup: Setup(), steps: steps)
        change(&setup)
    }
}

extension Program: CustomStringConvertible {
    /// As Swift source, to be pasted into a test: only what differs from the simplest setup is mentioned.
    package var description: String {
        var lines = ["Program(", "    seed: \(seed),", "    steps: ["]
        for step in steps {
            lines.append(
                "        Step(at: .microseconds(\(step.at.nanoseconds / 1_000)), .\(Self.source(of: step.action))),")
        }
        let changes = setup.source
        lines.append(changes.isEmpty ? "    ])" : "    ]")
        if !changes.isEmpty {
            lines.append(") {")
            lines += changes.map { "    \($0)" }
            lines.append("}")
        }
        return lines.joined(separator: "\n")
    }

    private static func source(of action: Action) -> String {
        "\(action)".replacing("ModelCheck.Machine", with: "").replacing("VirtualKafka.DiskLoss", with: "")
    }
}

extension Setup {
    /// Statements that turn the simplest setup, `$0`, into this one.
    fileprivate var source: [String] {
        let simplest = Setup()
        var lines: [String] = []
        func mention<Value: Equatable>(_ name: String, _ path: KeyPath<Setup, Value>, _ text: (Value) -> String) {
            let value = self[keyPath: path]
            if value != simplest[keyPath: path] { lines.append("$0.\(name) = \(text(value))") }
        }
        func plain<Value: Equatable>(_ name: String, _ path: KeyPath<Setup, Value>) { mention(name, path) { "\($0)" } }
        plain("brokers", \.brokers)
        mention("topics", \.topics) { topics in
            let each = topics.map {
                "Setup.Topic(partitions: \($0.partitions), replicas: \($0.replicas), minInsync: \($0.minInsync)"
                    + ($0.isUnclean ? ", isUnclean: true)" : ")")
            }
            return "[\(each.joined(separator: ", "))]"
        }
        plain("timing.brokerSession", \.timing.brokerSession)
        plain("timing.replicaLag", \.timing.replicaLag)
        plain("timing.logFlush", \.timing.logFlush)
        plain("timing.watermarkCheckpoint", \.timing.watermarkCheckpoint)
        plain("timing.leaderImbalanceCheck", \.timing.leaderImbalanceCheck)
        plain("timing.initialRebalanceDelay", \.timing.initialRebalanceDelay)
        plain("timing.replicaFetchBackoff", \.timing.replicaFetchBackoff)
        plain("timing.replicaFetchMaxBytes", \.timing.replicaFetchMaxBytes)
        plain("network.requestLoss", \.network.requestLoss)
        plain("network.responseLoss", \.network.responseLoss)
        plain("network.spike", \.network.spike)
        mention("producers", \.producers) { "[\($0.map(Self.source).joined(separator: ", "))]" }
        mention("consumers", \.consumers) { consumers in
            let each = consumers.map { "Setup.Member(group: \($0.group), \(Self.source($0.properties)))" }
            return "[\(each.joined(separator: ", "))]"
        }
        return lines
    }

    private static func source(_ properties: [Property]) -> String {
        "[\(properties.map { "Setup.Property(\"\($0.name)\", \"\($0.value)\")" }.joined(separator: ", "))]"
    }
}

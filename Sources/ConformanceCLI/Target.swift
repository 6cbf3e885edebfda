import Conformance
import Foundation

/// A place where cases run.
struct Target: Sendable {
    let name: TargetName
    let seed: UInt64

    /// Why it is left out; nil when it is not.
    var reasonToSkip: String? {
        name == .kafka && Self.brokers == nil ? "set ORRERY_KAFKA_BROKERS to the brokers of a real Kafka" : nil
    }

    private static let brokers = ProcessInfo.processInfo.environment["ORRERY_KAFKA_BROKERS"].flatMap {
        $0.isEmpty ? nil : $0
    }

    func makeCluster() throws -> any TestCluster {
        switch name {
        case .virtual: Virtual.makeCluster(seed: seed)
        case .mock: RdTestCluster(try MockControl())
        case .kafka: RdTestCluster(try KafkaControl(bootstrapServers: Self.brokers ?? ""))
        }
    }
}

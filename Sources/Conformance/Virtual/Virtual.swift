import Kafka
import VirtualKafka

/// The virtual cluster as a place where cases run.
public enum Virtual {
    /// A cluster of three brokers; the seed decides latencies and random partitions.
    public static func makeCluster(seed: UInt64 = 1) -> any TestCluster {
        VirtualTestCluster(seed: seed, planted: Planted())
    }

    /// The same with something wrong in it.
    package static func makeCluster(_ planted: Planted) -> any TestCluster {
        VirtualTestCluster(seed: 1, planted: planted)
    }

    /// What makes a cluster worse: for tests of the suite.
    package struct Planted: Sendable {
        package var configure: @Sendable (inout ClusterConfiguration) -> Void
        /// Properties that every client gets whatever the case says.
        package var properties: [String: String]

        package init(
            properties: [String: String] = [:],
            configure: @escaping @Sendable (inout ClusterConfiguration) -> Void = { _ in }
        ) {
            self.properties = properties
            self.configure = configure
        }
    }
}

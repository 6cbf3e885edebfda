import VirtualKafka

/// The virtual cluster as a place where cases run.
public enum Virtual {
    /// A cluster of three brokers; the seed decides latencies and random partitions.
    public static func makeCluster(seed: UInt64 = 1) -> any TestCluster { VirtualTestCluster(seed: seed) { _ in } }

    /// The same, made worse before it starts: for tests of the suite.
    package static func makeCluster(planting plant: @escaping (inout VirtualCluster) -> Void) -> any TestCluster {
        VirtualTestCluster(seed: 1, plant: plant)
    }
}

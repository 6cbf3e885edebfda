/// Until the cluster lands.
public enum ClusterObservation: Sendable { case brokerCrashed(Int) }

import CRdKafka

/// The librdkafka that this process runs with.
public enum LibrdkafkaVersion {
    /// `2.0.2`
    public static var text: String { String(cString: rd_kafka_version_str()) }

    /// Whether it has everything that is used here: 2.0 or later.
    public static var isSufficient: Bool { rd_kafka_version() >= 0x0200_0000 }
}

import CRdKafka
import Kafka

/// librdkafka's configuration. `rd_kafka_new` takes it over when it succeeds; otherwise it ends here.
struct Configuration: ~Copyable {
    private let pointer: OpaquePointer

    init(_ properties: ClientProperties, brokers: String) throws(KafkaFailure) {
        pointer = rd_kafka_conf_new()
        // What counts comes as errors; nothing is written to standard error from threads that are not ours.
        rd_kafka_conf_set_log_cb(pointer, nil)
        try set("bootstrap.servers", brokers)
        for (name, value) in properties.explicit { try set(name, value) }
    }

    deinit { rd_kafka_conf_destroy(pointer) }

    func set(_ name: String, _ value: String) throws(KafkaFailure) {
        var reason = [CChar](repeating: 0, count: 512)
        guard rd_kafka_conf_set(pointer, name, value, &reason, reason.count) == RD_KAFKA_CONF_OK else {
            throw KafkaFailure(RD_KAFKA_RESP_ERR__INVALID_ARG, reason: text(of: reason))
        }
    }

    /// Sets callbacks and the like.
    func adjust(_ body: (OpaquePointer) -> Void) { body(pointer) }

    /// Starts a client.
    consuming func makeClient(_ type: rd_kafka_type_t) throws(KafkaFailure) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 512)
        guard let client = rd_kafka_new(type, pointer, &reason, reason.count) else {
            let failure = KafkaFailure(rd_kafka_last_error(), reason: text(of: reason))
            _ = consume self
            throw failure
        }
        discard self
        return client
    }
}

func text(of characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

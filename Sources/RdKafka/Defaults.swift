import CRdKafka

/// What librdkafka takes a property for that nobody sets, empty for nothing; nil for a property that it does not know.
package func defaultValue(of property: String) -> String? {
    let client = rd_kafka_conf_new()
    defer { rd_kafka_conf_destroy(client) }
    let topic = rd_kafka_topic_conf_new()
    defer { rd_kafka_topic_conf_destroy(topic) }
    if let value = read({ rd_kafka_conf_get(client, property, $0, $1) }) { return value }
    if let value = read({ rd_kafka_topic_conf_get(topic, property, $0, $1) }) { return value }
    // A text without a value is read as if it were not there.
    return rd_kafka_conf_set(client, property, "text", nil, 0) == RD_KAFKA_CONF_OK ? "" : nil
}

private func read(
    _ get: (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>) -> rd_kafka_conf_res_t
) -> String? {
    var size = 0
    guard get(nil, &size) == RD_KAFKA_CONF_OK else { return nil }
    var characters = [CChar](repeating: 0, count: size + 1)
    return get(&characters, &size) == RD_KAFKA_CONF_OK ? text(of: characters) : nil
}

import Kafka

extension PropertyError {
    /// What is wrong, and what to do about it, as errors of scenarios put it.
    var parts: (message: String, suggestion: String?) {
        switch self {
        case .unknown(let name, let suggestion):
            (
                "unknown client property '\(YAMLValue.shortened(name))'",
                suggestion.map { "did you mean '\($0)'?" } ?? "use the names of librdkafka's CONFIGURATION.md"
            )
        case .illTyped(let name, let value, let expected):
            ("'\(name)' cannot be '\(YAMLValue.shortened(value))'", "write \(expected)")
        case .outOfRange(let name, let value, let expected):
            ("'\(name)' is out of range with \(YAMLValue.shortened(value))", "choose a number in \(expected)")
        case .conflict(let sentence): (sentence, nil)
        }
    }
}

/// Numbers in Prometheus's text format, version 0.0.4.
public enum PrometheusText {
    /// What the format is called in a `Content-Type`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All numbers, each family under its help and type.
    public static func render(_ metrics: Metrics) -> String {
        var text = ""
        for (family, series) in metrics.snapshot() where !series.isEmpty {
            text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
            text += "# TYPE \(family.name) \(family.kind.name)\n"
            for one in series { write(one, of: family, to: &text) }
        }
        return text
    }

    private static func write(_ series: Metrics.Series, of family: MetricFamily, to text: inout String) {
        func line(_ suffix: String, _ value: String, bucket: String? = nil) {
            var labels = series.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
            if let bucket { labels.append("le=\"\(bucket)\"") }
            let braces = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
            text += "\(family.name)\(suffix)\(braces) \(value)\n"
        }
        switch series.value {
        case .counter(let count): line("", "\(count)")
        case .gauge(let value): line("", number(value))
        case .histogram(let bounds, let seen):
            for (bound, count) in zip(bounds + [.infinity], seen.cumulativeCounts) {
                line("_bucket", "\(count)", bucket: number(bound))
            }
            line("_sum", number(seen.sum))
            line("_count", "\(seen.count)")
        }
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension MetricFamily.Kind {
    fileprivate var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}

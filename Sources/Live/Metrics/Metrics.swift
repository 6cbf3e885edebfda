import Synchronization

/// A number that only grows. Any thread may count.
public final class Counter: Sendable {
    private let number = Atomic<UInt64>(0)

    init() {}

    /// Counts so many more.
    public func add(_ amount: Int = 1) {
        precondition(amount >= 0, "a counter never goes down")
        number.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// How many have been counted.
    public var value: UInt64 { number.load(ordering: .relaxed) }
}

/// A number that goes up and down. Any thread may set it.
public final class Gauge: Sendable {
    private let bits = Atomic<UInt64>(0)

    init() {}

    /// What it is now.
    public func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    /// The same, for a count.
    public func set(_ value: Int) { set(Double(value)) }

    /// What it was set to last.
    public var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }
}

/// How often which sizes were seen. Any thread may observe.
public final class Histogram: Sendable {
    /// What a histogram has seen so far.
    public struct Snapshot: Hashable, Sendable {
        /// How many observations were at most as large as each bound, the last of which is infinite.
        public var cumulativeCounts: [UInt64]
        /// All observations together.
        public var sum: Double

        /// How many observations there were.
        public var count: UInt64 { cumulativeCounts.last ?? 0 }
    }

    /// The upper bounds of the buckets, in order; what is larger than the last is counted, too.
    public let bounds: [Double]
    private let state: Mutex<(counts: [UInt64], sum: Double)>

    init(bounds: [Double]) {
        precondition(
            zip(bounds, bounds.dropFirst()).allSatisfy { $0.0 < $0.1 }, "the bounds of a histogram ascend")
        self.bounds = bounds
        state = Mutex(([UInt64](repeating: 0, count: bounds.count + 1), 0))
    }

    /// Counts a size.
    public func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Counts a time, in seconds.
    public func observe(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        observe(Double(seconds) + Double(attoseconds) / 1e18)
    }

    /// What has been seen so far.
    public var snapshot: Snapshot {
        state.withLock { state in
            var running: UInt64 = 0
            let counts = state.counts.map { count in
                running += count
                return running
            }
            return Snapshot(cumulativeCounts: counts, sum: state.sum)
        }
    }
}

/// What a metric is called, what it means and which labels it has.
public struct MetricFamily: Hashable, Sendable {
    /// What kind of number it is.
    public enum Kind: Hashable, Sendable {
        case counter
        case gauge
        /// With the upper bounds of its buckets.
        case histogram([Double])
    }

    /// `orrery_records_consumed_total`
    public let name: String
    /// What it counts, in a sentence.
    public let help: String
    public let kind: Kind
    /// In the order in which their values are given.
    public let labels: [String]

    public init(_ name: String, _ kind: Kind, labels: [String] = [], help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}

/// The numbers of one process: asked for by family and values of labels, read all together.
///
/// Whoever counts often keeps the counter: asking for it takes a lock.
public final class Metrics: Sendable {
    /// One number with the values of its labels.
    public struct Series: Sendable {
        /// The family's labels, with values.
        public let labels: [(name: String, value: String)]
        public let value: Value
    }

    /// What a number is at the moment.
    public enum Value: Sendable {
        case counter(UInt64)
        case gauge(Double)
        case histogram(bounds: [Double], Histogram.Snapshot)
    }

    fileprivate enum Instrument: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
    }

    private struct Entry {
        let family: MetricFamily
        var series: [[String]: Instrument] = [:]
    }

    private let entries = Mutex<[String: Entry]>([:])

    public init() {}

    /// The counter of these values of the family's labels; the same one each time.
    public func counter(_ family: MetricFamily, _ values: String...) -> Counter {
        guard case .counter(let counter) = instrument(of: family, values) else {
            preconditionFailure("\(family.name) is no counter")
        }
        return counter
    }

    /// The gauge of these values of the family's labels; the same one each time.
    public func gauge(_ family: MetricFamily, _ values: String...) -> Gauge {
        guard case .gauge(let gauge) = instrument(of: family, values) else {
            preconditionFailure("\(family.name) is no gauge")
        }
        return gauge
    }

    /// The histogram of these values of the family's labels; the same one each time.
    public func histogram(_ family: MetricFamily, _ values: String...) -> Histogram {
        guard case .histogram(let histogram) = instrument(of: family, values) else {
            preconditionFailure("\(family.name) is no histogram")
        }
        return histogram
    }

    /// Takes a number away that means nothing any more, such as the lag of a partition that somebody else reads now.
    public func remove(_ family: MetricFamily, _ values: String...) {
        entries.withLock { _ = $0[family.name]?.series.removeValue(forKey: values) }
    }

    private func instrument(of family: MetricFamily, _ values: [String]) -> Instrument {
        precondition(values.count == family.labels.count, "\(family.name) has the labels \(family.labels)")
        return entries.withLock { entries in
            if let known = entries[family.name]?.series[values] { return known }
            let instrument = Instrument(family.kind)
            entries[family.name, default: Entry(family: family)].series[values] = instrument
            return instrument
        }
    }

    /// All numbers as they are, families by their names and series by the values of their labels.
    public func snapshot() -> [(family: MetricFamily, series: [Series])] {
        let all = entries.withLock { Array($0.values) }
        return all.sorted { $0.family.name < $1.family.name }.map { entry in
            let series = entry.series.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            return (
                entry.family,
                series.map { values, instrument in
                    Series(labels: Array(zip(entry.family.labels, values)), value: instrument.value)
                }
            )
        }
    }
}

extension Metrics.Instrument {
    init(_ kind: MetricFamily.Kind) {
        switch kind {
        case .counter: self = .counter(Counter())
        case .gauge: self = .gauge(Gauge())
        case .histogram(let bounds): self = .histogram(Histogram(bounds: bounds))
        }
    }

    var value: Metrics.Value {
        switch self {
        case .counter(let counter): .counter(counter.value)
        case .gauge(let gauge): .gauge(gauge.value)
        case .histogram(let histogram): .histogram(bounds: histogram.bounds, histogram.snapshot)
        }
    }
}

import Simulation

/// One key of a scenario file: how it is spelled, what it may be, what it means, and where its value goes.
///
/// One table of fields serves for reading, `--set`, writing a run down, the JSON Schema and the reference page.
public struct Field<Root>: Sendable {
    /// Where a key's value goes.
    public typealias Property<Value> = any WritableKeyPath<Root, Value> & Sendable

    /// The path of keys, with dots: `policies.deduplication`.
    public let path: String
    /// One sentence.
    public let documentation: String
    /// What belongs there: `a length of time, such as 800ms`.
    let expectation: String
    let schema: JSONValue
    let isScalar: Bool
    package let read: @Sendable (YAMLValue, inout Root, inout Reading) -> Void
    package let write: @Sendable (Root) -> YAMLValue

    /// A key whose value is read from and written to the root by closures.
    public init<Value>(
        _ path: String, _ format: Format<Value>, _ documentation: String,
        get: @escaping @Sendable (Root) -> Value, set: @escaping @Sendable (inout Root, Value) -> Void
    ) {
        self.path = path
        self.documentation = documentation
        expectation = format.expectation
        schema = format.schema
        isScalar = format.isScalar
        read = { value, root, reading in
            if let parsed = format.read(value, &reading) { set(&root, parsed) }
        }
        write = { format.write(get($0)) }
    }

    /// A key whose value is a property of the root.
    public init<Value>(
        _ path: String, _ property: Property<Value>, _ format: Format<Value>,
        _ documentation: String
    ) {
        self.init(
            path, format, documentation, get: { $0[keyPath: property] }, set: { $0[keyPath: property] = $1 })
    }

    private init(lifting field: Field<some Any>, read: @escaping Read, write: @escaping @Sendable (Root) -> YAMLValue) {
        path = field.path
        documentation = field.documentation
        expectation = field.expectation
        schema = field.schema
        isScalar = field.isScalar
        self.read = read
        self.write = write
    }

    private typealias Read = @Sendable (YAMLValue, inout Root, inout Reading) -> Void

    /// The same key for a root of which this field's root is a part.
    package func lifted<Whole>(
        get: @escaping @Sendable (Whole) -> Root, set: @escaping @Sendable (inout Whole, Root) -> Void
    ) -> Field<Whole> {
        Field<Whole>(lifting: self) { [read] value, whole, reading in
            var part = get(whole)
            read(value, &part, &reading)
            set(&whole, part)
        } write: { [write] whole in
            write(get(whole))
        }
    }
}

extension Field {
    /// A whole number in a range.
    public static func integer(
        _ path: String, _ property: Property<Int>, in range: ClosedRange<Int>,
        _ documentation: String
    ) -> Field {
        Field(path, property, .integer(in: range), documentation)
    }

    /// The least and the most of a whole number: `1..4`.
    public static func integerRange(
        _ path: String, _ property: Property<ClosedRange<Int>>, in range: ClosedRange<Int>,
        _ documentation: String
    ) -> Field {
        Field(path, property, .integerRange(in: range), documentation)
    }

    /// A number in a range.
    public static func number(
        _ path: String, _ property: Property<Double>, in range: ClosedRange<Double>,
        _ documentation: String
    ) -> Field {
        Field(path, property, .number(in: range), documentation)
    }

    /// A number from 0, never, to 1, always.
    public static func probability(
        _ path: String, _ property: Property<Double>, _ documentation: String
    ) -> Field {
        Field(path, property, .probability, documentation)
    }

    /// So many a second: `0.2`, `0.2/s`, `3/min`.
    public static func rate(
        _ path: String, _ property: Property<Double>,
        in range: ClosedRange<Double> = 0...1_000_000, _ documentation: String
    ) -> Field {
        Field(path, property, .rate(in: range), documentation)
    }

    /// A length of time: `800ms`, `2.4s`, `15us`, `2min`.
    public static func duration(
        _ path: String, _ property: Property<Duration>,
        in range: ClosedRange<Duration> = .zero...(.seconds(1_000_000)), _ documentation: String
    ) -> Field {
        Field(path, property, .duration(in: range), documentation)
    }

    /// The shortest and the longest length of time: `50ms..1s`.
    public static func durationRange(
        _ path: String, _ property: Property<ClosedRange<Duration>>,
        in range: ClosedRange<Duration> = .zero...(.seconds(1_000_000)), _ documentation: String
    ) -> Field {
        Field(path, property, .durationRange(in: range), documentation)
    }

    /// One of the cases of an enum, by their raw values.
    public static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ property: Property<Choice>, _ documentation: String
    ) -> Field {
        Field(path, property, .choice, documentation)
    }

    /// `true` or `false`.
    public static func flag(
        _ path: String, _ property: Property<Bool>, _ documentation: String
    ) -> Field {
        Field(path, property, .flag, documentation)
    }

    /// Any text.
    public static func text(
        _ path: String, _ property: Property<String>, _ documentation: String
    ) -> Field {
        Field(path, property, .text, documentation)
    }
}

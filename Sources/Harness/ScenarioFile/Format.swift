/// How values of one type are spelled in a scenario file.
///
/// One format serves for reading, writing and the JSON Schema, so that the three cannot disagree.
public struct Format<Value>: Sendable {
    /// What belongs there, for errors and the reference: `a length of time, such as 800ms`.
    package let expectation: String
    /// What the JSON Schema says of it.
    let schema: JSONValue
    /// Whether an override's value is taken as it is, rather than as YAML.
    let isScalar: Bool
    /// Nil when the value is wrong, which has been reported then.
    package let read: @Sendable (YAMLValue, inout Reading) -> Value?
    package let write: @Sendable (Value) -> YAMLValue
}

/// Why a scalar is not what it should be, as a phrase.
struct Mismatch: Error {
    var message: String
}

extension Format {
    /// A format of scalars. `parse` gets the bare characters; what it throws is reported at the scalar.
    static func scalar(
        _ expectation: String, schema: JSONValue, acceptsText: Bool = true,
        parse: @escaping @Sendable (String) throws(Mismatch) -> Value?,
        write: @escaping @Sendable (Value) -> YAMLValue
    ) -> Format {
        Format(expectation: expectation, schema: schema, isScalar: true) { value, reading in
            do throws(Mismatch) {
                if let spelling = value.scalar, !value.isNull, acceptsText || value.isPlain {
                    if let parsed = try parse(spelling) { return parsed }
                }
                reading.report("expected \(expectation), found \(value.summary)", at: value.place)
            } catch {
                reading.report(error.message, at: value.place)
            }
            return nil
        } write: {
            write($0)
        }
    }

    /// The same spelling for another type.
    package func map<Other>(
        to other: @escaping @Sendable (Value) -> Other, from back: @escaping @Sendable (Other) -> Value
    ) -> Format<Other> {
        Format<Other>(expectation: expectation, schema: schema, isScalar: isScalar) { [read] value, reading in
            read(value, &reading).map(other)
        } write: { [write] value in
            write(back(value))
        }
    }
}

extension Format where Value: Sendable {
    /// The same spelling for a value that may be missing; what is missing is not written.
    package var optional: Format<Value?> {
        Format<Value?>(expectation: expectation, schema: schema, isScalar: isScalar) { [read] value, reading in
            read(value, &reading)
        } write: { [write] value in
            value.map(write) ?? .plain("null")
        }
    }
}

extension YAMLValue {
    fileprivate var isPlain: Bool {
        guard case .plain = content else { return false }
        return true
    }
}

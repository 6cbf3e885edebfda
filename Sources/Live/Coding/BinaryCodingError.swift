/// Why bytes cannot be read as a value, or a value cannot be written.
public enum BinaryCodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end in the middle of a value.
    case truncated
    /// A value has been read, and bytes are left.
    case trailing(bytes: Int)
    /// Bytes that no value is written as; `at` counts from the first one.
    case damaged(at: Int, reason: String)
    /// A type that cannot be written without names.
    case unsupported(String)

    public var description: String {
        switch self {
        case .truncated: "the bytes end in the middle of a value"
        case .trailing(let count): "\(count) bytes are left after the value"
        case .damaged(let position, let reason): "byte \(position) cannot be right: \(reason)"
        case .unsupported(let reason): reason
        }
    }
}

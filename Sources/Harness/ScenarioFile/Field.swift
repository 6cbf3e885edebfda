import Simulation

/// One key of a scenario file: how it is spelled, what it may be, what it means, and where its value goes.
///
/// One table of fields serves for reading, `--set`, writing a run down, the JSON Schema and the reference page.
public struct Field<Root>: Sendable {
    /// The path of keys, with dots: `policies.deduplication`.
    public let path: String
    /// One sentence.
    public let documentation: String

    public init(path: String, documentation: String) {
        self.path = path
        self.documentation = documentation
    }
}

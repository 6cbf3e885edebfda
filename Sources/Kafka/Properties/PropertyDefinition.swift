/// Which kind of client a property is for (librdkafka `CONFIGURATION.md`, column *C/P*).
public enum PropertyScope: String, Sendable {
    case both = "*"
    case producer = "P"
    case consumer = "C"
}

/// What values a property takes, and its value when nobody sets it.
public enum PropertyKind: Sendable {
    case integer(ClosedRange<Int64>, default: Int64)
    case boolean(default: Bool)
    case choice([String], default: String)
    case text(default: String)
}

/// A row of the property table.
public struct PropertyDefinition: Sendable {
    /// The name as librdkafka's documentation lists it.
    public let name: String
    /// Other names of the same property.
    public let aliases: [String]
    public let scope: PropertyScope
    public let kind: PropertyKind
    /// What it does, in a sentence.
    public let documentation: String
    /// Whether virtual clients have no use for it: they accept it, and it changes nothing.
    public private(set) var isForRealClustersOnly = false
    /// Whether its value must not be shown or written down.
    public private(set) var isSecret = false

    init(
        _ name: String, aliases: [String] = [], _ scope: PropertyScope, _ kind: PropertyKind, _ documentation: String
    ) {
        self.name = name
        self.aliases = aliases
        self.scope = scope
        self.kind = kind
        self.documentation = documentation
    }

    func forRealClustersOnly() -> PropertyDefinition {
        var copy = self
        copy.isForRealClustersOnly = true
        return copy
    }

    func secret() -> PropertyDefinition {
        var copy = self
        copy.isSecret = true
        return copy
    }

    /// The default as one would write it in a file.
    public var defaultText: String {
        switch kind {
        case .integer(_, let value): String(value)
        case .boolean(let value): String(value)
        case .choice(_, let value), .text(let value): value
        }
    }
}

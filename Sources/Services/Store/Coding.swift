/// A value that a database keeps as JSON in one column, because it is no plain structure.
public protocol Document: Codable {}

/// An enumeration that is written by the names of its cases, so that people can read them in a database.
public protocol NamedCase: CaseIterable, Codable {}

extension NamedCase {
    fileprivate static func named(_ name: String, in decoder: any Decoder) throws -> Self {
        guard let value = allCases.first(where: { "\($0)" == name }) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\(Self.self) has no case '\(name)'"))
        }
        return value
    }
}

extension NamedCase where Self: RawRepresentable, RawValue == UInt8 {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("\(self)")
    }

    public init(from decoder: any Decoder) throws {
        self = try Self.named(try decoder.singleValueContainer().decode(String.self), in: decoder)
    }
}

extension Identifier: Codable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let identifier = Identifier(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no identifier"))
        }
        self = identifier
    }
}

extension UniqueID: Codable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = UniqueID(uuid: Array(text.utf8)) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no UUID"))
        }
        self = id
    }
}

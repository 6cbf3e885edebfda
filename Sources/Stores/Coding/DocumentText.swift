import Foundation
import Kafka
import Services
import Simulation

/// What a property is kept as, when that does not follow from what it encodes itself as.
enum Keeping {
    case instant
    case duration
    case bytes
    case document
    /// A single value is one column, a structure several.
    case itself

    init(_ type: Any.Type) {
        self =
            if type == Instant.self {
                .instant
            } else if type == Duration.self {
                .duration
            } else if type == [UInt8].self {
                .bytes
            } else if type is any Document.Type || type is any Collection.Type {
                .document
            } else {
                .itself
            }
    }
}

/// Columns of JSON: documents, arrays, and structures that may be missing.
struct DocumentText {
    private let encoder = JSONEncoder()
    private let decoder = JSONDecoder()

    init() { encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes] }

    func text(of value: some Encodable) throws -> String {
        if let headers = value as? [Header] {
            return String(decoding: try encoder.encode(headers.map(StoredHeader.init)), as: UTF8.self)
        }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    func value<T: Decodable>(_ type: T.Type, from text: String) throws -> T {
        let data = Data(text.utf8)
        if type == [Header].self {
            let headers = try decoder.decode([StoredHeader].self, from: data).map(\.header)
            guard let headers = headers as? T else { preconditionFailure("an array of headers is one of \(T.self)") }
            return headers
        }
        return try decoder.decode(type, from: data)
    }
}

/// A header whose value people can read, if it is text.
private struct StoredHeader: Codable {
    var name: String
    var text: String?
    var base64: Data?

    init(_ header: Header) {
        name = header.name
        text = String(validating: header.value, as: UTF8.self)
        if text == nil { base64 = Data(header.value) }
    }

    var header: Header { Header(name: name, value: text.map { Array($0.utf8) } ?? base64.map { Array($0) } ?? []) }
}

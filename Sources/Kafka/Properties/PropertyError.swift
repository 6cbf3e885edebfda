/// Why a list of client properties is refused, with what to do about it.
public enum PropertyError: Error, Hashable, Sendable {
    case unknown(name: String, suggestion: String?)
    case illTyped(name: String, value: String, expected: String)
    case outOfRange(name: String, value: String, expected: String)
    case conflict(String)
}

extension PropertyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknown(let name, let suggestion?):
            "There is no client property “\(name)”: did you mean “\(suggestion)”?"
        case .unknown(let name, nil):
            "There is no client property “\(name)”: use the names of librdkafka's CONFIGURATION.md."
        case .illTyped(let name, let value, let expected):
            "The client property “\(name)” cannot be “\(value)”: write \(expected)."
        case .outOfRange(let name, let value, let expected):
            "The client property “\(name)” is out of range with \(value): choose a number in \(expected)."
        case .conflict(let sentence):
            sentence
        }
    }
}

/// The number of single-character edits between two names (Levenshtein), for suggestions.
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in right.enumerated() {
            let substituted = diagonal + (a == b ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substituted, min(row[j], diagonal) + 1)
        }
    }
    return row[right.count]
}

/// What comes to light while a file is read: its errors, and where each key's value stands.
package struct Reading {
    package private(set) var errors: [ScenarioError] = []
    /// Where values stand, by their path of keys; elements of lists are numbered from 0: `plan.3.broker`.
    private(set) var places: [String: YAMLValue.Place] = [:]
    /// Where the file as a whole is, for what has no place of its own.
    package let file: String
    private var path: [String] = []

    package init(file: String) { self.file = file }

    /// Notes an error at a place.
    package mutating func report(_ message: String, at place: YAMLValue.Place, suggestion: String? = nil) {
        errors.append(
            ScenarioError(
                file: place.file, line: place.line, column: place.column, message: message, suggestion: suggestion))
    }

    /// Notes an error of another file.
    package mutating func add(_ error: ScenarioError) { errors.append(error) }

    /// Notes an error at the value of a key, or at the nearest section around it that the file has.
    package mutating func report(_ message: String, atKey key: String, suggestion: String? = nil) {
        var parts = key.split(separator: ".")
        var place = places[key]
        while place == nil, !parts.isEmpty {
            parts.removeLast()
            place = places[parts.joined(separator: ".")]
        }
        report(message, at: place ?? YAMLValue.Place(file: file), suggestion: suggestion)
    }

    /// Reads the value of a key, whose place is remembered.
    package mutating func descend<Result>(
        to key: String, at place: YAMLValue.Place, _ body: (inout Reading) -> Result
    ) -> Result {
        path.append(key)
        defer { path.removeLast() }
        places[path.joined(separator: ".")] = place
        return body(&self)
    }

    /// The errors in the order of the file; those without a line come last.
    package var sortedErrors: [ScenarioError] {
        errors.enumerated().sorted { left, right in
            let a = (left.element.line ?? .max, left.element.column ?? .max, left.offset)
            return a < (right.element.line ?? .max, right.element.column ?? .max, right.offset)
        }.map(\.element)
    }
}

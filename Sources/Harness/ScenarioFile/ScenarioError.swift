/// What is wrong with a scenario, where, and what was probably meant.
public struct ScenarioError: Error, Hashable, Sendable {
    /// The file, or the override (`--set KEY=VALUE`) that is wrong.
    public var file: String
    /// From 1; nil when the error is not at a place in the file.
    public var line: Int?
    /// In characters, from 1.
    public var column: Int?
    /// One phrase: `unknown key 'polices'`.
    public var message: String
    /// What to do about it: `did you mean 'policies'?`
    public var suggestion: String?

    public init(file: String, line: Int? = nil, column: Int? = nil, message: String, suggestion: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.suggestion = suggestion
    }
}

extension ScenarioError: CustomStringConvertible {
    /// As compilers print errors, so that editors can jump there.
    public var description: String {
        let place = [line, column].compactMap { $0.map { ":\($0)" } }.joined()
        return "\(file)\(place): \(message)" + (suggestion.map { " – \($0)" } ?? "")
    }
}

/// Everything that is wrong with one scenario file, in the order of the file.
public struct InvalidScenario: Error, Hashable, Sendable {
    /// At least one.
    public let errors: [ScenarioError]

    /// The errors, at least one of them.
    public init(_ errors: [ScenarioError]) { self.errors = errors }
}

extension InvalidScenario: CustomStringConvertible {
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}

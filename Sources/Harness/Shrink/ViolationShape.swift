extension Violation {
    /// What was found fault with, without the names and numbers of this run: two runs fail in the same way if a checker
    /// says the same of both but for those.
    var shape: String {
        var shape = checker + ": "
        var isInNumber = false
        for character in message {
            if character.isNumber {
                if !isInNumber { shape.append("#") }
                isInNumber = true
            } else {
                // A number's parts: 1.5, 10:30.
                if isInNumber, character == "." || character == ":" || character == "," { continue }
                isInNumber = false
                shape.append(character)
            }
        }
        return shape
    }
}

extension RunResult {
    /// The earliest violation: what follows may only be a consequence of it.
    public var firstViolation: Violation? {
        violations.enumerated().min { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }?.element
    }

    /// The first violation of a checker, if there is one.
    public func violation(of checker: String) -> Violation? {
        checks.first { $0.name == checker }?.violations.min { $0.at < $1.at }
    }
}

import ArgumentParser

/// `--set KEY=VALUE`: a key of the scenario file, and what it is to be instead.
struct Override: Equatable, Sendable {
    let key: String
    let value: String

    init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    init(parsing text: String) throws(ValidationError) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ValidationError("'\(text)' is no override: write KEY=VALUE, such as policies.deduplication=none.")
        }
        key = String(text[..<equals])
        value = String(text[text.index(after: equals)...])
    }
}

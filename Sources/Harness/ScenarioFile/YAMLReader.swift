import Yams

/// Reads YAML into values with places. What could exhaust time or memory is refused before the parser sees it.
struct YAMLReader {
    /// Larger files are not scenarios.
    static let sizeLimit = 4 << 20
    /// A plan of 25,000 faults stays below it; many more values would take seconds.
    static let valueLimit = 200_000
    /// The deepest nesting that anybody needs is five.
    static let depthLimit = 64
    /// Aliases of aliases multiply; this few cannot do harm.
    static let aliasLimit = 8

    let file: String

    /// The file's one document; nil when there is nothing in it.
    func read(_ bytes: [UInt8]) throws(ScenarioError) -> YAMLValue? {
        guard bytes.count <= Self.sizeLimit else {
            throw error("the file is larger than 4 MiB", suggestion: "is it a scenario?")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error("the file is not UTF-8 text", line: Self.firstInvalidLine(bytes))
        }
        return try read(text)
    }

    /// The text's one document; nil when there is nothing in it.
    func read(_ text: String) throws(ScenarioError) -> YAMLValue? {
        try refuseBombs(text)
        // libyaml keeps a pointer to the text: it must not be so short that Swift holds it inline.
        let padded = text.utf8.count < 16 ? text + String(repeating: "\n", count: 16) : text
        let root: Node?
        do {
            root = try Parser(yaml: padded, resolver: .basic, constructor: .default, encoding: .utf8).singleRoot()
        } catch {
            throw translate(error, text: text)
        }
        return try root.map { root throws(ScenarioError) in try convert(root, depth: 0) }
    }

    private func convert(_ node: Node, depth: Int) throws(ScenarioError) -> YAMLValue {
        let place = YAMLValue.Place(file: file, line: node.mark?.line, column: node.mark?.column)
        guard depth < Self.depthLimit else { throw tooDeep(line: place.line) }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return YAMLValue(isPlain ? .plain(scalar.string) : .text(scalar.string), at: place)
        case .sequence(let sequence):
            var elements: [YAMLValue] = []
            for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
            return YAMLValue(.sequence(elements), at: place)
        case .mapping(let mapping):
            var entries: [(key: YAMLValue, value: YAMLValue)] = []
            for (key, value) in mapping {
                entries.append((try convert(key, depth: depth + 1), try convert(value, depth: depth + 1)))
            }
            return YAMLValue(.mapping(entries), at: place)
        case .alias:
            throw error("an alias stands where a value is expected", line: place.line, column: place.column)
        }
    }

    /// Upper bounds taken from the bare characters: quotes and comments are not looked at.
    private func refuseBombs(_ text: String) throws(ScenarioError) {
        var line = 1
        var brackets = 0
        var aliases = 0
        var values = 0
        // Block collections nest on one line by repeated indicators: `- - - -`.
        var indicators = 0
        var isLineStart = true
        var previous = UInt8(ascii: "\n")
        for byte in text.utf8 {
            if byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",") { values += 1 }
            if previous == UInt8(ascii: "*"), Self.isNameByte(byte) { aliases += 1 }
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                indicators = 0
                isLineStart = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): brackets = max(0, brackets - 1)
            case UInt8(ascii: "-"), UInt8(ascii: "?"): if isLineStart { indicators += 1 }
            case UInt8(ascii: " "): break
            default: isLineStart = false
            }
            if brackets > Self.depthLimit || indicators > Self.depthLimit { throw tooDeep(line: line) }
            previous = byte
        }
        guard values <= Self.valueLimit else { throw error("more than \(Self.valueLimit) values") }
        guard aliases <= Self.aliasLimit else {
            throw error("more than \(Self.aliasLimit) aliases (*name)", suggestion: "write the values out")
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }

    private static func firstInvalidLine(_ bytes: [UInt8]) -> Int {
        var line = 1
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { break }
            line += 1
        }
        return line
    }

    private func translate(_ failure: any Error, text: String) -> ScenarioError {
        switch failure as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            // What is missing at the end is found missing after it.
            let lines = 1 + text.utf8.count { $0 == UInt8(ascii: "\n") }
            guard mark.line <= lines else { return error("invalid YAML: \(problem)", line: lines) }
            return error("invalid YAML: \(problem)", line: mark.line, column: mark.column)
        case .reader(let problem, let offset, _, _):
            let before = offset.map { text.prefix($0) }
            return error("invalid YAML: \(problem)", line: before.map { 1 + $0.count { $0.isNewline } })
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\(YAMLValue.shortened($0))'" }.joined(separator: ", ")
            return error(
                "given twice: \(names)", line: context.mark.line, column: context.mark.column,
                suggestion: "keep one of them")
        default:
            return error("invalid YAML")
        }
    }

    private func tooDeep(line: Int?) -> ScenarioError {
        error("nested more than \(Self.depthLimit) levels deep", line: line)
    }

    private func error(
        _ message: String, line: Int? = nil, column: Int? = nil, suggestion: String? = nil
    ) -> ScenarioError {
        ScenarioError(file: file, line: line, column: column, message: message, suggestion: suggestion)
    }
}

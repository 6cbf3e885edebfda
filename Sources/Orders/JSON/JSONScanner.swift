import Services

/// Reads JSON from bytes, value by value, as the caller asks for them: a decoder reads like the struct it fills.
///
///     try scanner.beginObject()
///     while let name = try scanner.nextField() {
///         switch name {
///         case "sku": sku = try scanner.identifier()
///         default: try scanner.skip()
///         }
///     }
///
/// The grammar is RFC 8259's, to the letter. Of fields with the same name the last one counts, as in JavaScript.
public struct JSONScanner {
    /// The most bytes a text may have, and the deepest that it may nest.
    public struct Limits: Sendable {
        /// In bytes.
        public var size = 1 << 20
        /// Objects and arrays within each other.
        public var depth = 32

        /// 1 MiB, 32 levels.
        public init() {}
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let limits: Limits
    var position = 0
    private var depth = 0
    /// Nothing has been read yet in the object or array that was begun last.
    private var isFirst = false
    /// For messages.
    private var lastField: JSONText?

    /// Scans one text, which must be one JSON value from end to end.
    public static func scan<Result>(
        _ bytes: [UInt8], limits: Limits = Limits(), _ body: (inout JSONScanner) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        guard !bytes.isEmpty else { throw JSONError(.empty, "there is no text") }
        guard bytes.count <= limits.size else {
            throw JSONError(.tooLarge, "\(bytes.count) bytes are more than the \(limits.size) that are allowed")
        }
        return try bytes.withUnsafeBufferPointer { (bytes) throws(JSONError) -> Result in
            guard bytes.isValidUTF8 else { throw JSONError(.notUTF8, "the text is not UTF-8") }
            var scanner = JSONScanner(bytes: bytes, limits: limits)
            let result = try body(&scanner)
            scanner.skipBlanks()
            guard scanner.position == bytes.count else { throw scanner.malformed("something follows the value") }
            return result
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    // MARK: Objects and arrays

    /// Enters an object.
    public mutating func beginObject() throws(JSONError) { try begin(UInt8(ascii: "{"), "an object") }

    /// Enters an array.
    public mutating func beginArray() throws(JSONError) { try begin(UInt8(ascii: "["), "an array") }

    private mutating func begin(_ bracket: UInt8, _ kind: StaticString) throws(JSONError) {
        guard try next() == bracket else { throw unexpected(kind) }
        guard depth < limits.depth else { throw malformed("nested deeper than \(limits.depth) levels") }
        position += 1
        depth += 1
        isFirst = true
    }

    /// The name of the object's next field, whose value must be read or skipped next; nil at the object's end.
    public mutating func nextField() throws(JSONError) -> JSONText? {
        guard try hasNext(before: UInt8(ascii: "}")) else { return nil }
        guard try next() == UInt8(ascii: "\"") else { throw malformed("a field begins with its name in quotes") }
        let name = try string()
        guard try next() == UInt8(ascii: ":") else { throw malformed("a colon follows a field's name") }
        position += 1
        lastField = name
        return name
    }

    /// Whether the array has another element, which must be read or skipped next; false at the array's end.
    public mutating func nextElement() throws(JSONError) -> Bool { try hasNext(before: UInt8(ascii: "]")) }

    private mutating func hasNext(before bracket: UInt8) throws(JSONError) -> Bool {
        let byte = try next()
        if byte == bracket {
            position += 1
            depth -= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw malformed("a comma or the end was expected") }
        position += 1
        guard try next() != bracket else { throw malformed("a comma stands before the end") }
        return true
    }

    // MARK: Values of any kind

    /// Passes over a value, whatever it is.
    public mutating func skip() throws(JSONError) {
        switch try next() {
        case UInt8(ascii: "{"):
            try beginObject()
            while try nextField() != nil { try skip() }
        case UInt8(ascii: "["):
            try beginArray()
            while try nextElement() { try skip() }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: _ = try number()
        }
    }

    /// Passes over `null`; false, and nothing happens, when another value comes next.
    public mutating func skipNull() throws(JSONError) -> Bool {
        guard try next() == UInt8(ascii: "n") else { return false }
        try word("null")
        return true
    }

    mutating func word(_ literal: StaticString) throws(JSONError) {
        for byte in UnsafeBufferPointer(literal) {
            guard position < bytes.count, bytes[position] == byte else { throw malformed("'\(literal)' was expected") }
            position += 1
        }
    }

    // MARK: Bytes

    /// The first byte that is no blank; the position stands on it.
    @inline(__always)
    mutating func next() throws(JSONError) -> UInt8 {
        if position < bytes.count, bytes[position] > 0x20 { return bytes[position] }
        skipBlanks()
        guard position < bytes.count else { throw malformed("the text ends too soon") }
        return bytes[position]
    }

    mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }

    // MARK: Errors

    func malformed(_ what: String) -> JSONError { JSONError(.malformed, "byte \(position): \(what)") }

    /// The next value is not what was asked for: of another type, or no value at all.
    func unexpected(_ expected: StaticString) -> JSONError {
        let found: StaticString
        switch bytes[position] {
        case UInt8(ascii: "{"): found = "an object"
        case UInt8(ascii: "["): found = "an array"
        case UInt8(ascii: "\""): found = "a string"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): found = "a boolean"
        case UInt8(ascii: "n"): found = "null"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): found = "a number"
        default: return malformed("no value begins here")
        }
        // Half a value is malformed before it is of the wrong type.
        var rest = self
        do { try rest.skip() } catch { return error }
        return JSONError(.wrongType, "\(fieldName): \(expected) was expected, not \(found) (byte \(position))")
    }

    func invalid(_ what: String) -> JSONError { JSONError(.invalidValue, "\(fieldName): \(what) (byte \(position))") }

    private var fieldName: String {
        lastField.map { "'\(String(decoding: $0.unescaped(), as: UTF8.self))'" } ?? "the text"
    }
}

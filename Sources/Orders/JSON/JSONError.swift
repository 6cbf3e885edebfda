/// Why a text is not the JSON that was expected.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong, as a class.
    public enum Kind: Hashable, Sendable {
        /// There is no text at all.
        case empty
        /// The text is longer than the limit.
        case tooLarge
        /// The bytes are not UTF-8.
        case notUTF8
        /// The text breaks the grammar of RFC 8259, ends too soon or nests too deep.
        case malformed
        /// A field has a value of another type.
        case wrongType
        /// A field that must be there is not.
        case missingField
        /// A field's value is of the right type, and makes no sense.
        case invalidValue
        /// An event in a version of its schema that this program does not read.
        case unknownVersion
        /// An event of a kind that this program does not know.
        case unknownEvent
    }

    /// The class of the fault.
    public var kind: Kind
    /// What is wrong, as a sentence.
    public var message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

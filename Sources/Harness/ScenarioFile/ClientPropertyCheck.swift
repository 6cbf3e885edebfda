import Kafka

/// Refuses client properties that no client would take.
enum ClientPropertyCheck {
    /// Why a list of properties is refused, as a sentence.
    struct Refusal: Error {
        var message: String
    }

    /// Throws what is wrong with the properties, taken together.
    static func check(_ properties: [(name: String, value: String)]) throws(Refusal) {
        for (name, _) in properties where !name.utf8.allSatisfy(Self.isNameByte) {
            throw Refusal(message: "'\(name)' is no client property: names look like linger.ms")
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: ".")
    }
}

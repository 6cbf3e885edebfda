/// An ISO 4217 currency, its three letters packed into one number.
public struct Currency: Hashable, Sendable {
    private let letters: UInt32

    /// The currency of the catalogue.
    public static let usd = Currency("U", "S", "D")
    /// The euro: two decimals.
    public static let eur = Currency("E", "U", "R")
    /// The yen: no decimals.
    public static let jpy = Currency("J", "P", "Y")
    /// The Kuwaiti dinar: three decimals.
    public static let kwd = Currency("K", "W", "D")

    private init(_ first: Unicode.Scalar, _ second: Unicode.Scalar, _ third: Unicode.Scalar) {
        letters = first.value << 16 | second.value << 8 | third.value
    }

    /// Nil unless the text is three capital letters.
    public init?(_ text: some Collection<UInt8>) {
        guard text.count == 3 else { return nil }
        var letters: UInt32 = 0
        for letter in text {
            guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) else { return nil }
            letters = letters << 8 | UInt32(letter)
        }
        self.letters = letters
    }

    /// Nil unless the text is three capital letters.
    public init?(_ text: String) { self.init(text.utf8) }

    /// The letter at 0, 1 or 2.
    @inline(__always)
    subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: letters >> UInt32(16 - 8 * index)) }

    /// The same value in every process and on every machine.
    var stableHash: UInt64 { UInt64(letters) }

    /// How many decimals the currency has: the exponent of ISO 4217.
    public var decimals: Int {
        switch letters {
        case Self.usd.letters, Self.eur.letters: 2
        case Self.jpy.letters: 0
        case Self.kwd.letters: 3
        default: Self.decimalsOfOthers(letters)
        }
    }

    private static func decimalsOfOthers(_ letters: UInt32) -> Int {
        func isAmong(_ codes: [StaticString]) -> Bool {
            codes.contains { code in
                code.withUTF8Buffer { $0.reduce(0) { $0 << 8 | UInt32($1) } == letters }
            }
        }
        if isAmong(["BIF", "CLP", "DJF", "GNF", "ISK", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF"]) {
            return 0
        }
        return isAmong(["BHD", "IQD", "JOD", "LYD", "OMR", "TND"]) ? 3 : 2
    }
}

extension Currency: CustomStringConvertible {
    /// The three letters.
    public var description: String { String(decoding: [self[0], self[1], self[2]], as: UTF8.self) }
}

/// Written as its three letters.
extension Currency: Codable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let currency = Currency(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no ISO 4217 currency"))
        }
        self = currency
    }
}

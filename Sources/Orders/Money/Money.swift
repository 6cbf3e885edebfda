/// An amount of money: a whole number of the currency's smallest units. Written with decimals: `79.99`.
public struct Money: Hashable, Sendable, Codable {
    /// Cents of a dollar, yen, thousandths of a dinar.
    public var minorUnits: Int64
    /// What they are cents of.
    public var currency: Currency

    /// An amount in the currency's smallest units.
    public init(minorUnits: Int64, _ currency: Currency = .usd) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// Nothing.
    public static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency) }

    /// The amount that a decimal number names, if the currency has enough decimals for it.
    public init(_ number: DecimalNumber, _ currency: Currency) throws(MoneyError) {
        if let units = number.scaled(toDecimals: currency.decimals) {
            self.init(minorUnits: units, currency)
        } else {
            throw number.exponent + currency.decimals < 0 ? .tooManyDecimals : .overflow
        }
    }

    /// The sum; both must be of one currency.
    public func adding(_ other: Money) throws(MoneyError) -> Money {
        guard currency == other.currency else { throw .differentCurrencies }
        let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
        guard !overflow else { throw .overflow }
        return Money(minorUnits: sum, currency)
    }

    /// The difference; both must be of one currency.
    public func subtracting(_ other: Money) throws(MoneyError) -> Money {
        guard other.minorUnits != .min else { throw .overflow }
        return try adding(Money(minorUnits: -other.minorUnits, other.currency))
    }

    /// So many hundredths of it, halves rounded away from zero.
    public func percent(_ hundredths: Int64) throws(MoneyError) -> Money {
        let (product, overflow) = minorUnits.multipliedReportingOverflow(by: hundredths)
        guard !overflow else { throw .overflow }
        let rounded = (product.magnitude + 50) / 100
        return Money(minorUnits: product < 0 ? -Int64(rounded) : Int64(rounded), currency)
    }

    /// This amount, `quantity` times.
    public func times(_ quantity: Int32) throws(MoneyError) -> Money {
        let (product, overflow) = minorUnits.multipliedReportingOverflow(by: Int64(quantity))
        guard !overflow else { throw .overflow }
        return Money(minorUnits: product, currency)
    }
}

/// Why there is no such amount of money.
public enum MoneyError: Error, Hashable, Sendable {
    /// It does not fit into 64 bits of minor units.
    case overflow
    /// It has more decimals than the currency: half a cent.
    case tooManyDecimals
    /// Dollars and yen have no sum.
    case differentCurrencies
}

extension Money: CustomStringConvertible {
    /// `79.99 USD`.
    public var description: String {
        var json = JSONWriter(capacity: 24)
        json.value(self)
        return "\(String(decoding: json.bytes, as: UTF8.self)) \(currency)"
    }
}

import Testing

@testable import Orders

@Suite("Money")
struct MoneyTests {
    private func parse(_ text: String, _ currency: Currency = .usd) throws -> Money {
        let number = try JSONScanner.scan(Array(text.utf8)) { (scanner) throws(JSONError) in try scanner.decimal() }
        return try Money(number, currency)
    }

    @Test(arguments: [
        ("79.99", 79_99), ("79.9", 79_90), ("80", 80_00), ("79.990", 79_99), ("0", 0), ("-0.00", 0), ("-12.34", -12_34),
        ("1e2", 100_00), ("7.999e1", 79_99), ("7999E-2", 79_99), ("0.010000000000000000000000000000", 1),
        ("1000000", 1_000_000_00), ("92233720368547758.07", Int64.max), ("0e99999999", 0), ("100e-2", 1_00),
    ])
    func parsesExactly(text: String, cents: Int64) throws {
        #expect(try parse(text) == Money(minorUnits: cents, .usd))
    }

    @Test func refusesWhatItCannotHold() {
        #expect(throws: MoneyError.tooManyDecimals) { try parse("79.999") }
        #expect(throws: MoneyError.tooManyDecimals) { try parse("1.5", .jpy) }
        #expect(throws: MoneyError.tooManyDecimals) { try parse("1e-999999999999999999") }
        #expect(throws: MoneyError.overflow) { try parse("92233720368547758.1") }
        #expect(throws: MoneyError.overflow) { try parse("1e400") }
        #expect(throws: JSONError.self) { try parse("123456789012345678901") }
        #expect(throws: MoneyError.overflow) { try Money(minorUnits: .max, .usd).adding(Money(minorUnits: 1, .usd)) }
        #expect(throws: MoneyError.overflow) { try Money(minorUnits: .max / 2, .usd).times(3) }
        #expect(throws: MoneyError.differentCurrencies) { try Money.zero(.usd).adding(.zero(.eur)) }
    }

    @Test func writesAllDecimals() {
        #expect(Money(minorUnits: 79_90, .usd).description == "79.90 USD")
        #expect(Money(minorUnits: -5, .usd).description == "-0.05 USD")
        #expect(Money(minorUnits: 0, .usd).description == "0.00 USD")
        #expect(Money(minorUnits: 1_234, .jpy).description == "1234 JPY")
        #expect(Money(minorUnits: 1_234, .kwd).description == "1.234 KWD")
        #expect(Money(minorUnits: .max, .usd).description == "92233720368547758.07 USD")
        #expect(Money(minorUnits: .min, .usd).description == "-92233720368547758.08 USD")
        #expect(Currency("OMR")?.decimals == 3 && Currency("KRW")?.decimals == 0 && Currency("CHF")?.decimals == 2)
        #expect(Currency("usd") == nil && Currency("USDT") == nil)
    }

    @Test func roundTrips() throws {
        for currency in [Currency.usd, .jpy, .kwd] {
            for units in [0, 1, 9, 10, 99, 100, 101, 999, 1_000, 123_456_789, -1, -100, -12_345, Int64.max] {
                let money = Money(minorUnits: units, currency)
                #expect(try parse(String(money.description.split(separator: " ")[0]), currency) == money)
            }
        }
    }
}

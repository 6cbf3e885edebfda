/// A decimal number as it was written, exactly: `mantissa × 10^exponent`. No binary fraction ever stands in between.
///
/// The mantissa has no trailing zeros, so equal numbers have equal parts, however they were written.
public struct DecimalNumber: Hashable, Sendable {
    /// The significant digits, with the sign.
    public let mantissa: Int64
    /// The power of ten they are multiplied by.
    public let exponent: Int

    /// The number `mantissa × 10^exponent`.
    public init(mantissa: Int64, exponent: Int) {
        var mantissa = mantissa
        var exponent = mantissa == 0 ? 0 : exponent
        while mantissa != 0, mantissa.isMultiple(of: 10) {
            mantissa /= 10
            exponent += 1
        }
        self.mantissa = mantissa
        self.exponent = exponent
    }

    /// The number in units of `10^-decimals`; nil when there is no such whole number, or it does not fit.
    public func scaled(toDecimals decimals: Int) -> Int64? {
        if mantissa == 0 { return 0 }
        let shift = exponent + decimals
        guard (0...18).contains(shift) else { return nil }
        let (scaled, overflow) = mantissa.multipliedReportingOverflow(by: Self.powerOfTen(shift))
        return overflow ? nil : scaled
    }

    static func powerOfTen(_ exponent: Int) -> Int64 {
        var power: Int64 = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}

/// What a draw is for. Two purposes never share a draw, whatever their identities are.
public struct Purpose: Sendable {
    @usableFromInline let key: UInt64

    /// A purpose by its name: the name's FNV-1a hash, the same on every machine.
    @inlinable
    public init(_ name: StaticString) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        name.withUTF8Buffer { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        key = hash
    }
}

/// Keyed randomness: a draw is a hash of (seed, purpose, stable identity), not the next number of a sequence.
///
/// Taking one fault or one order out of a run therefore leaves every other draw as it was; shrinking depends on it.
/// Everything is integer arithmetic or correctly rounded IEEE arithmetic (`+ - * /`), so that every machine draws the
/// same.
public struct Draws: Sendable {
    /// The seed of the run.
    public let seed: UInt64

    /// The draws of a seed.
    @inlinable
    public init(seed: UInt64) { self.seed = seed }

    /// 64 uniform bits for a purpose and an identity of up to three numbers.
    @inlinable
    public func bits(_ purpose: Purpose, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0) -> UInt64 {
        var hash = mixed(seed &+ 0x9e37_79b9_7f4a_7c15) ^ purpose.key
        hash = mixed(hash &+ a &* 0xd6e8_feb8_6659_fd93)
        hash = mixed(hash &+ b &* 0xa076_1d64_78bd_642f)
        return mixed(hash &+ c &* 0xe703_7ed1_a0b4_28db)
    }

    /// A number in `0..<1`, with 53 random bits.
    @inlinable
    public func unit(_ purpose: Purpose, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0) -> Double {
        Double(bits(purpose, a, b, c) >> 11) * 0x1p-53
    }

    /// True with the given probability; 0 never, 1 always.
    @inlinable
    public func chance(
        _ probability: Double, _ purpose: Purpose, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0
    ) -> Bool {
        probability > 0 && unit(purpose, a, b, c) < probability
    }

    /// A number in `0..<count`; `count` must be positive.
    @inlinable
    public func index(
        below count: Int, _ purpose: Purpose, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0
    ) -> Int {
        precondition(count > 0, "nothing to choose from")
        return Int(bits(purpose, a, b, c).multipliedFullWidth(by: UInt64(count)).high)
    }

    /// A length of time in a closed range, uniformly.
    @inlinable
    public func duration(
        in range: ClosedRange<Duration>, _ purpose: Purpose, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0
    ) -> Duration {
        let width = UInt64(range.upperBound.nanoseconds - range.lowerBound.nanoseconds) + 1
        let offset = bits(purpose, a, b, c).multipliedFullWidth(by: width).high
        return Duration(nanoseconds: range.lowerBound.nanoseconds + Int64(offset))
    }

    /// An exponentially distributed length of time, as between the arrivals of a Poisson process.
    @inlinable
    public func exponential(
        mean: Duration, _ purpose: Purpose, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0
    ) -> Duration {
        // 1 - u lies in (0, 1]: its logarithm is finite.
        let u = 1 - unit(purpose, a, b, c)
        return Duration(nanoseconds: Int64(Double(mean.nanoseconds) * -naturalLogarithm(u)))
    }

    /// A run's own stream for one of its parts: draws of the parts do not meet.
    @inlinable
    public func substream(_ purpose: Purpose, _ a: UInt64 = 0) -> Draws { Draws(seed: bits(purpose, a)) }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, 2014): every input bit changes every output bit.
@inlinable
public func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
}

/// ln(x) for a positive normal number, by `+ - * /` alone: the C library's last bit differs between machines.
@inlinable
func naturalLogarithm(_ x: Double) -> Double {
    // x = m · 2^exponent with m in √½..<√2, taken apart in the bits: a branch would be mispredicted every other time.
    let squareRootOfHalf: UInt64 = 0x3fe6_a09e_667f_3bcd
    let exponent = Int64(bitPattern: x.bitPattern &- squareRootOfHalf) >> 52
    let m = Double(bitPattern: x.bitPattern &- UInt64(bitPattern: exponent << 52))
    let z = (m - 1) / (m + 1)
    // The series of 2·artanh(z): |z| < 0.172, so eight terms leave an error under 1e-13. Grouped as Estrin did, so that
    // the multiplications do not wait for each other.
    let z2 = z * z
    let z4 = z2 * z2
    let low = (1 + z2 * (1.0 / 3)) + z4 * (1.0 / 5 + z2 * (1.0 / 7))
    let high = (1.0 / 9 + z2 * (1.0 / 11)) + z4 * (1.0 / 13 + z2 * (1.0 / 15))
    return 2 * z * (low + z4 * z4 * high) + Double(exponent) * 0.6931471805599453
}

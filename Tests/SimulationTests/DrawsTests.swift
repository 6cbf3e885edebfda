import Foundation
import Testing

@testable import Simulation

@Suite struct DrawsTests {
    private let draws = Draws(seed: 7)
    private let purpose = Purpose("latency")

    @Test func `the draws of a seed are the same for ever`() {
        // A recorded seed replays its run only as long as these hold: a change here is a change for every report.
        #expect(draws.bits(purpose) == 12_390_237_004_016_718_945)
        #expect(draws.bits(purpose, 1, 2, 3) == 63_799_431_633_664_573)
        #expect(Draws(seed: 8).bits(purpose, 1, 2, 3) == 10_310_494_587_906_442_502)
        #expect(draws.bits(Purpose("loss"), 1, 2, 3) == 16_729_717_061_365_755_912)
        #expect(draws.substream(purpose, 1).seed == 15_423_786_597_676_582_712)
        #expect(draws.index(below: 1_000, purpose, 5) == 39)
        #expect(draws.duration(in: .zero ... .seconds(1), purpose, 5) == .nanoseconds(39_330_788))
        #expect(draws.exponential(mean: .seconds(1), purpose, 5) == .nanoseconds(40_125_142))
    }

    @Test func `draws of different purposes, identities and seeds differ`() {
        var seen: Set<UInt64> = []
        for seed in 0..<4 as Range<UInt64> {
            for name in [Purpose("a"), Purpose("b"), Purpose("ab")] {
                for a in 0..<8 as Range<UInt64> {
                    for b in 0..<8 as Range<UInt64> {
                        for c in 0..<8 as Range<UInt64> { seen.insert(Draws(seed: seed).bits(name, a, b, c)) }
                    }
                }
            }
        }
        #expect(seen.count == 4 * 3 * 8 * 8 * 8)
    }

    @Test func `taking identities out leaves the draws of the others as they were`() {
        let all = (0..<100).map { draws.bits(purpose, $0) }
        let odd = stride(from: 1, to: 100, by: 2).map { draws.bits(purpose, $0) }
        #expect(odd == stride(from: 1, to: 100, by: 2).map { all[$0] })
    }

    @Test(arguments: [1, 64, 1 << 32] as [UInt64])
    func `draws are uniform, however identities are spaced`(spacing: UInt64) {
        let samples = 64_000
        var high = Array(repeating: 0, count: 64)
        var low = high
        for identity in 0..<UInt64(samples) {
            high[draws.index(below: 64, purpose, identity &* spacing)] += 1
            low[Int(draws.bits(purpose, 3, identity &* spacing) & 63)] += 1
        }
        for counts in [high, low] {
            // Chi squared with 63 degrees of freedom: beyond 120 once in 100,000 uniform samples.
            let expected = Double(samples / 64)
            let chiSquared = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
            #expect(chiSquared < 120)
        }
    }

    @Test func `a unit lies between zero and one, and is a half on average`() {
        let units = (0..<100_000).map { draws.unit(purpose, $0) }
        #expect(units.allSatisfy { (0..<1).contains($0) })
        #expect(abs(units.reduce(0, +) / 100_000 - 0.5) < 0.005)
    }

    @Test func `a chance of zero never comes, a chance of one always`() {
        #expect((0..<10_000).allSatisfy { !draws.chance(0, purpose, $0) })
        #expect((0..<10_000).allSatisfy { draws.chance(1, purpose, $0) })
        let hits = (0..<100_000).count { draws.chance(0.05, purpose, $0) }
        #expect((4_700...5_300).contains(hits))
    }

    @Test func `a duration reaches both ends of its range and nothing beyond`() {
        let range = Duration.nanoseconds(-2)...Duration.nanoseconds(2)
        let drawn = Set((0..<1_000).map { draws.duration(in: range, purpose, $0) })
        #expect(drawn == Set((-2...2).map { Duration.nanoseconds($0) }))
    }

    @Test func `exponential lengths have their mean, and a deviation as large`() {
        let milliseconds = (0..<200_000).map { draws.exponential(mean: .milliseconds(3), purpose, $0).seconds * 1_000 }
        let mean = milliseconds.reduce(0, +) / 200_000
        let variance = milliseconds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200_000
        #expect(abs(mean - 3) < 0.03)
        #expect(abs(variance.squareRoot() - 3) < 0.06)
        #expect(milliseconds.allSatisfy { $0 >= 0 })
    }

    @Test func `the logarithm agrees with the C library's`() {
        var worst = 0.0
        for identity in 0..<200_000 as Range<UInt64> {
            let unit = 1 - draws.unit(purpose, identity)
            let wide = Double(
                bitPattern: 0x0010_0000_0000_0000 + draws.bits(purpose, identity, 1) % 0x7fe0_0000_0000_0000)
            for x in [unit, wide, 1 + unit] {
                let expected = log(x)
                worst = max(worst, abs(naturalLogarithm(x) - expected) / max(1, abs(expected)))
            }
        }
        #expect(worst < 1e-12)
        #expect(naturalLogarithm(1) == 0)
        #expect(abs(naturalLogarithm(0x1p-53) - log(0x1p-53)) < 1e-12)
    }
}

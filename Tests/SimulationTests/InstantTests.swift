import Simulation
import Testing

@Suite struct InstantTests {
    @Test(
        arguments: [
            (0, "0.000s"), (2_400_000_000, "2.400s"), (1, "0.000000001s"), (-1_500_000_000, "-1.500s"),
            (61_001_000_000, "61.001s"), (61_000_001_000, "61.000001000s"), (.max, "9223372036.854775807s"),
            (.min, "-9223372036.854775808s"),
        ] as [(Int64, String)])
    func `a moment is written in seconds`(nanoseconds: Int64, text: String) {
        #expect(Instant(nanoseconds: nanoseconds).description == text)
    }

    @Test(
        arguments: [
            (0, "0s"), (7, "7ns"), (15_000, "15us"), (15_001, "15001ns"), (800_000_000, "800ms"),
            (800_500_000, "800500us"),
            (1_000_000_000, "1s"), (2_400_000_000, "2.4s"), (90_000_000_000, "90s"), (1_000_000_001, "1.000000001s"),
            (-2_500_000_000, "-2.5s"), (-3_000_000, "-3ms"), (.min, "-9223372036.854775808s"),
        ] as [(Int64, String)])
    func `a length is written exactly, in the largest unit that fits`(nanoseconds: Int64, text: String) {
        #expect(Duration(nanoseconds: nanoseconds).description == text)
    }

    @Test func `moments and lengths calculate`() {
        let moment = Instant.zero + .milliseconds(1_500)
        #expect(moment.milliseconds == 1_500)
        #expect(moment.microseconds == 1_500_000)
        #expect(moment - .seconds(1) == Instant(nanoseconds: 500_000_000))
        #expect(moment - .zero == Duration.milliseconds(1_500))
        #expect(Duration.microseconds(3) * 2 / 3 == .nanoseconds(2_000))
        #expect(Duration.seconds(2).seconds == 2)
        #expect(moment < .distantFuture)
    }
}

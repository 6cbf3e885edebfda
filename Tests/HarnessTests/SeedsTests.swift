import Harness
import Testing

@Suite("Seeds")
struct SeedsTests {
    @Test(
        "Numbers, ranges and lists",
        arguments: [
            ("7", [7]), ("1..4", [1, 2, 3, 4]), ("1,5,9", [1, 5, 9]), ("3..3", [3]), ("9,1..2", [9, 1, 2]), ("0", [0]),
            ("1...3", [1, 2, 3]),
            ("18446744073709551614..18446744073709551615", [.max - 1, .max]),
        ] as [(String, [UInt64])])
    func formats(_ text: String, _ expected: [UInt64]) throws {
        let seeds = try Seeds(parsing: text)
        #expect((0..<seeds.count).map { seeds[$0] } == expected)
    }

    @Test(
        "What is no seed is refused, with what to write",
        arguments: [
            ("", "'' is no seed: write a number, 1..50 or 1,5,9."),
            ("50..1", "'50..1' ends before it begins: write 1..50."),
            ("-3", "'-3' is no seed: write a number, 1..50 or 1,5,9."),
            ("1..", "'' is no seed: write a number, 1..50 or 1,5,9."),
            ("1....5", "'.5' is no seed: write a number, 1..50 or 1,5,9."),
            ("1,,2", "'' is no seed: write a number, 1..50 or 1,5,9."),
            (
                "18446744073709551616",
                "The seed 18446744073709551616 is too large: 18446744073709551615 is the largest."
            ),
            ("0..18446744073709551615", "'0..18446744073709551615' are more than 100000000 seeds."),
            ("1..100000000,7", "'1..100000000,7' are more than 100000000 seeds."),
        ])
    func errors(_ text: String, _ message: String) {
        let error = #expect(throws: InvalidSeeds.self) { try Seeds(parsing: text) }
        #expect(error?.description == message)
    }
}

import Testing
import VirtualKafka

@testable import ModelCheck

/// Each mistake that a cluster can be told to make is found, by a complaint that names it, and shrunk to a few steps.
@Suite("Planted defects are found")
struct PlantedDefectTests {
    struct Expectation: Sendable, CustomTestStringConvertible {
        var name: String
        var defect: PlantedDefects
        /// So many programs are enough.
        var programs: Int
        /// One of these is the complaint.
        var complaints: [String]
        /// With what a client can see alone, and so many programs.
        var judges = Execution.Judges.both

        var testDescription: String { name }
    }

    static let expectations: [Expectation] = [
        Expectation(
            name: "acknowledge before replication", defect: .acknowledgesBeforeReplication, programs: 20,
            complaints: ["acknowledged up to and committed only up to"]),
        Expectation(
            name: "high watermark not monotonic", defect: .highWatermarkMovesBack, programs: 20,
            complaints: ["the high watermark of its leader has moved back"]),
    ]

    @Test("A planted defect", arguments: expectations)
    func isFound(_ expectation: Expectation) throws {
        var found: Counterexample?
        for seed in 1...UInt64(expectation.programs) where found == nil {
            found = Counterexample.search(seed: seed, defects: expectation.defect, judges: expectation.judges)
                .counterexample
        }
        let counterexample = try #require(found, "not within \(expectation.programs) programs")
        #expect(expectation.complaints.contains(counterexample.violation.kind), "\(counterexample.violation.sentence)")
        let short = counterexample.shrunk(defects: expectation.defect, judges: expectation.judges)
        #expect(short.program.steps.count <= 12, "\(short.program)")
        #expect(short.violation.kind == counterexample.violation.kind)
        #expect(Execution.run(short.program).violation == nil, "\(short.program)")
    }
}

import Testing
import VirtualKafka

@testable import ModelCheck

/// Each mistake that a cluster can be told to make is found, by a complaint that fits, and shrunk to a few steps.
@Suite("Planted defects are found")
struct PlantedDefectTests {
    /// Of a thousand that are allowed.
    private static let seeds: ClosedRange<UInt64> = 1...200

    /// Where the search begins that would take long without optimisation: about one program in two hundred shows it.
    private static func seeds(for planted: PlantedDefect) -> ClosedRange<UInt64> {
        planted.defect == .forgetsSequencesAtFailover ? 251...450 : seeds
    }

    @Test("A random program brings a planted defect to light", arguments: PlantedDefect.all)
    func isFound(_ planted: PlantedDefect) throws {
        let seeds = Self.seeds(for: planted)
        let counterexample = try #require(planted.search(seeds: seeds), "nothing found in \(seeds)")
        let violation = counterexample.violation
        #expect(planted.complaints.contains(violation.kind), "seed \(counterexample.seed): \(violation.sentence)")
    }

    @Test("What was shrunk fails as it did, and does not without the defect", arguments: ShortProgram.all)
    func shortProgram(_ short: ShortProgram) throws {
        let planted = try #require(PlantedDefect.all.first { $0.name == short.name })
        let violation = Execution.run(short.program, defects: planted.defect, judges: planted.judges).violation
        #expect(planted.complaints.contains(violation?.kind ?? ""), "\(violation?.sentence ?? "nothing is found")")
        #expect(short.program.steps.count <= 12)
        #expect(Execution.run(short.program).violation == nil)
    }

    @Test("There is a short program for every planted defect")
    func everyDefect() { #expect(ShortProgram.all.map(\.name) == PlantedDefect.all.map(\.name)) }

    @Test(
        "Shrinking makes a program of two hundred steps as short as can be",
        arguments: ["acknowledges before replication", "assigns a partition twice"])
    func shrinking(name: String) throws {
        let planted = try #require(PlantedDefect.all.first { $0.name == name })
        let found = try #require(planted.search(seeds: Self.seeds))
        #expect(found.program.steps.count == 200)
        let short = found.shrunk(defects: planted.defect, judges: planted.judges)
        #expect(short.violation.kind == found.violation.kind)
        #expect(short.program.steps.count <= 4, "\(short.program)")
        // Nothing can be taken away.
        for index in short.program.steps.indices {
            var shorter = short.program
            shorter.steps.remove(at: index)
            #expect(Execution.run(shorter, defects: planted.defect).violation?.kind != found.violation.kind)
        }
        #expect(found.shrunk(defects: planted.defect, judges: planted.judges).program == short.program)
        #expect(Execution.run(short.program).violation == nil)
    }
}

import Foundation
import Harness
import OrderTestbed
import Testing

@Suite("A run")
struct DeterminismTests {
    /// The trace hashes that a process of its own prints.
    private func hashes(_ seeds: ClosedRange<UInt64>, jobs: Int) throws -> [String] {
        let scenario = try Repository.text("scenarios/everything.yaml")
        let call = try Called(
            "run", "everything.yaml", "--seeds", "\(seeds.lowerBound)..\(seeds.upperBound)", "--jobs", "\(jobs)",
            "--json",
            files: ["everything.yaml": scenario])
        return call.output.split(separator: "\n").compactMap { line in
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["traceHash"] as? String
        }
    }

    @Test("has the same trace in every process, on one thread and on two")
    func processes() throws {
        let scenario = try ScenarioFile.parse(
            text: Repository.text("scenarios/everything.yaml"), file: "everything.yaml",
            system: OrderSystemUnderTest.self)
        let here = try (UInt64(1)...4).map { try Runner.run(scenario, seed: $0).traceHash.description }
        #expect(Set(here).count == 4)
        #expect(try hashes(1...4, jobs: 1) == here)
        #expect(try hashes(1...4, jobs: 2) == here)
    }
}

import Foundation
import Harness
import Testing

@testable import Defects

/// The planted defects, and the scenarios that they have to be found with.
@Suite struct DefectTests {
    @Test func `there are forty, no two alike, of every kind`() {
        #expect(Defect.all.count == 40)
        #expect(Set(Defect.all.map(\.name)).count == Defect.all.count)
        #expect(Set(Defect.all.map(\.sentence)).count == Defect.all.count)
        for kind in Defect.Kind.allCases { #expect(Defect.all.contains { $0.kind == kind }, "\(kind)") }
    }

    @Test(arguments: Defect.all.map(\.name)) func `a name is lower-case words with hyphens`(_ name: String) {
        #expect(name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
    }

    @Test(arguments: DefectScenario.allCases) func `a correct system holds`(_ scenario: DefectScenario) throws {
        let correct = try scenario.load()
        for seed in 1...3 as ClosedRange<UInt64> {
            let result = try Runner.run(correct, seed: seed)
            #expect(result.verdict == .held)
            for violation in result.violations { Issue.record("\(scenario), seed \(seed): \(violation)") }
        }
    }

    @Test func `a defect that does not exist is refused, with the nearest name`() throws {
        let error = #expect(throws: InvalidScenario.self) {
            try DefectScenario.cart.load([("defect", "early-updates-in-memry")])
        }
        #expect("\(try #require(error))".contains("early-updates-in-memory"))
    }

    @Test func `a scenario with a defect that is written down has the same defect`() throws {
        let defect = Defect.all[0]
        let text = ScenarioFile.write(try defect.planted(), seed: 7)
        let again = try ScenarioFile.parse(text: text, file: "minimal.yaml", system: DefectiveSystem.self)
        #expect((again.system as? DefectiveSystem)?.defect == defect.name)
        #expect(again.seed == 7)
    }
}

/// For each defect a run that shows it, as short as it gets: `make findings` writes them.
@Suite struct WitnessTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Witnesses")

    private func load(_ name: String, _ overrides: [(key: String, value: String)] = []) throws -> Scenario {
        try ScenarioFile.load(
            path: Self.folder.appending(path: "\(name).yaml").path, system: DefectiveSystem.self, overrides: overrides)
    }

    @Test(arguments: Defect.all.map(\.name)) func `a short plan shows the defect`(_ name: String) throws {
        let defect = try #require(Defect.named(name))
        let scenario = try load(name)
        #expect(scenario.plan.count <= 5)
        #expect(scenario.system.unitsOfWork <= 3)
        #expect(!scenario.rates.canStrike)
        let result = try Runner.run(scenario, seed: scenario.seed ?? 1)
        #expect(defect.violation(in: result) != nil)
        guard !defect.places.isEmpty, var system = scenario.system as? DefectiveSystem else { return }
        // It is the defect that breaks, and not the plan.
        system.defect = nil
        var correct = scenario
        correct.system = system
        #expect(try Runner.run(correct, seed: scenario.seed ?? 1).violations.isEmpty)
    }
}

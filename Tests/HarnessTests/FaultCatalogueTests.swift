import Foundation
import Services
import Simulation
import Testing

@testable import Harness

/// Every kind of fault strikes as a plan says, has its effect, and is survived by a system that does everything right.
@Suite("The fault catalogue")
struct FaultCatalogueTests {
    @Test("shows in the history what each fault does", arguments: FaultLine.all)
    func effect(_ line: FaultLine) throws {
        let run = try Runner.run(line.scenario(isCalm: false), seed: 4)
        let calm = try Runner.run(line.scenario(isCalm: true), seed: 4)
        #expect(line.plan.contains { $0.kind == line.kind })
        #expect(run.faults == expected(line.plan), "everything struck, and nothing else")
        #expect(line.effect(run, calm))
        #expect(run.verdict == (line.isSurvived ? .held : .violated), "\(run.violations)")
        #expect(try Runner.run(run.replayScenario, seed: 4).traceHash == run.traceHash)
    }

    /// Failing handlers are told one by one, and of the controller it is told which broker it was.
    private func expected(_ plan: [FaultAction]) -> [FaultAction] {
        plan.flatMap { action -> [FaultAction] in
            switch action {
            case .failHandler(let place, let times):
                (0..<times).map { further in
                    var place = place
                    place.number += further
                    return .failHandler(place, times: 1)
                }
            case .crashController(let at, let length): [.crashBroker(1, at: at, for: length, losing: .nothing)]
            default: [action]
            }
        }
    }

    @Test("has a line for every kind of action")
    func complete() {
        let tested = Set(FaultLine.all.map(\.kind))
        #expect(FaultSpelling.all.map(\.name).filter { !tested.contains($0) } == [])
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(
        "has a scenario file for every kind of action, and a line in docs/faults.md",
        arguments: FaultSpelling.all.map(\.name))
    func documented(_ kind: String) throws {
        let folder = Self.root.appending(path: "scenarios/faults")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        let using = try files.filter { file in
            try String(contentsOf: folder.appending(path: file), encoding: .utf8).contains("- \(kind): {")
        }
        #expect(!using.isEmpty, "add a file to scenarios/faults that uses it")
        let page = try String(contentsOf: Self.root.appending(path: "docs/faults.md"), encoding: .utf8)
        let lines = page.split(separator: "\n").filter { $0.hasPrefix("|") && $0.contains("`\(kind)`") }
        #expect(lines.contains { line in using.contains { line.contains("(../scenarios/faults/\($0))") } })
    }

    @Test("names every rate in docs/faults.md")
    func rates() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/faults.md"), encoding: .utf8)
        for field in ScenarioFields.faultRates {
            let name = String(field.path.dropFirst("faults.".count))
            #expect(page.contains("`\(name)`"), "\(name)")
        }
    }

    @Test("doubles every request: idempotent producers write each record once, others twice", arguments: [true, false])
    func duplicatedRequests(isIdempotent: Bool) throws {
        var scenario = Scenario(system: Courier())
        scenario.rates.until = .seconds(6)
        scenario.rates.duplicatedRequests = 1
        scenario.clients = [("enable.idempotence", isIdempotent ? "true" : "false")]
        let result = try Runner.run(scenario, seed: 2)
        #expect(result.verdict == .held, "\(result.violations)")
        #expect(result.mostAnswers == 2, "a service got it twice, and answered twice")
        let copies = (0..<40).map { result.appended(to: "parcels", key: "PARCEL-\($0)").count }
        #expect(copies.allSatisfy { isIdempotent ? $0 == 1 : $0 >= 1 })
        #expect(copies.contains(2) == !isIdempotent)
        #expect(try Runner.run(result.replayScenario, seed: 2).traceHash == result.traceHash)
    }

    @Test("strikes by rates as by a plan, one new fault at a time", arguments: newRates.indices)
    func byRate(_ index: Int) throws {
        var scenario = Scenario(system: Courier())
        scenario.rates.until = .seconds(6)
        scenario.rates[keyPath: Self.newRates[index].rate] = 0.8
        let result = try Runner.run(scenario, seed: 1)
        #expect(result.verdict == .held, "\(result.violations)")
        #expect(!result.faults.isEmpty && result.faults.allSatisfy { $0.kind == Self.newRates[index].kind })
        let replay = try Runner.run(result.replayScenario, seed: 1)
        #expect(replay.traceHash == result.traceHash)
        #expect(replay.faults == result.faults)
    }

    static let newRates: [(kind: String, rate: any WritableKeyPath<FaultRates, Double> & Sendable)] = [
        ("drop-record", \.droppedRecords), ("duplicate-message", \.duplicatedRequests),
        ("slow-link", \.slowLinkRate), ("pause-broker", \.brokerPauseRate), ("scale", \.scalingRate),
        ("skew-clock", \.clockSkewRate), ("store", \.storeConflicts), ("full-disk", \.fullDiskRate),
    ]

    @Test("crashes an instance that joined later, where the plan says so")
    func joined() throws {
        var scenario = Scenario(system: Courier())
        scenario.rates.until = .seconds(8)
        scenario.plan = [
            .scale(service: "depot", to: 3, at: .zero + .seconds(1), for: .seconds(5)),
            .crashInstance("depot/3", beforeEffect: 10, restartAfter: .milliseconds(500)),
        ]
        let result = try Runner.run(scenario, seed: 1)
        #expect(result.verdict == .held, "\(result.violations)")
        #expect(result.faults == scenario.plan)
        let life = result.history.entries.compactMap { entry in
            if case .instance("depot/3", let what) = entry.event { what } else { nil }
        }
        #expect(life == ["started", "crashed", "started again", "stopped"])
    }
}

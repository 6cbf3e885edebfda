import ArgumentParser
import Defects
import Foundation
import Harness

/// `orrery-findings search`
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Compare a strategy with plain seeds, on the same planted defects.",
        discussion: """
            Both get the same processor time for each defect. The table says how many events each had simulated when the \
            defect showed; the hardest are those for which plain seeds take the most.
            """)

    @Option(help: "Seconds of processor time for each defect and each search.")
    var budget = 60.0

    @Option(help: "branching, swarm, crash-points or schedules.")
    var strategy = "branching"

    @Option(help: "The defects to be found, by name, with commas; all of them unless given.")
    var only: String?

    @Option(help: "How many of the hardest the summary is about.")
    var hardest = 10

    @Option(help: "From which seeds each search begins, with commas; the median counts.")
    var seeds = "1"

    func run() throws {
        let names = only.map { $0.split(separator: ",").map(String.init) } ?? Defect.all.map(\.name)
        let first = seeds.split(separator: ",").compactMap { UInt64($0) }
        var rows: [Row] = []
        for defect in names.compactMap(Defect.named) {
            var row = Row(defect: defect)
            for seed in first {
                row.plain.append(try find(defect, seed: seed) { SeedSearch($0) })
                row.other.append(try find(defect, seed: seed, by: chosen))
            }
            rows.append(row)
            note(row.line + "\n")
        }
        let hard = rows.sorted { $0.plainEvents > $1.plainEvents }.prefix(hardest)
        let shares = hard.map(\.share).sorted()
        print("the \(hard.count) hardest:")
        for row in hard { print(row.line) }
        let missed = hard.filter { row in row.plain.contains(where: \.isFound) && !row.other.contains(where: \.isFound)
        }
        print("missed by \(strategy) alone: \(missed.count)")
        print("events, in the median, for one event of plain seeds: \(shares.isEmpty ? 0 : shares[shares.count / 2])")
    }

    private func chosen(_ space: SearchSpace) throws -> any Strategy {
        switch strategy {
        case "swarm": return SwarmSearch(space)
        case "crash-points": return try CrashPointSweep(space)
        case "schedules": return ScheduleSearch(space)
        default: return BranchingSearch(space)
        }
    }

    private func find(
        _ defect: Defect, seed: UInt64, by strategy: (SearchSpace) throws -> any Strategy
    ) throws -> Outcome {
        var strategy = try strategy(SearchSpace(try defect.planted(), seed: seed))
        let time = ProcessorTime()
        var outcome = Outcome()
        while time.seconds < budget, let attempt = try strategy.next() {
            outcome.runs += 1
            outcome.events += attempt.events
            outcome.seconds = time.seconds
            guard defect.violation(in: attempt.run) != nil else { continue }
            outcome.isFound = true
            break
        }
        return outcome
    }

    struct Outcome {
        var isFound = false
        var runs = 0
        var events = 0
        var seconds = 0.0
    }

    struct Row {
        let defect: Defect
        var plain: [Outcome] = []
        var other: [Outcome] = []

        init(defect: Defect) { self.defect = defect }

        var plainEvents: Int { Self.median(plain) }
        /// Events of the other search for each of plain seeds.
        var share: Double { Double(Self.median(other)) / Double(max(1, Self.median(plain))) }

        private static func median(_ outcomes: [Outcome]) -> Int {
            let events = outcomes.map { $0.isFound ? $0.events : Int.max / 4 }.sorted()
            return events.isEmpty ? 0 : events[events.count / 2]
        }

        var line: String {
            func text(_ outcomes: [Outcome]) -> String {
                outcomes.map { one in
                    let seconds = String(format: "%.2f", one.seconds)
                    return "\(one.isFound ? "" : "NOT FOUND ")\(one.runs) runs \(one.events) events \(seconds) s"
                }.joined(separator: ", ")
            }
            return "\(defect.name): seeds \(text(plain)); other \(text(other)); \(String(format: "%.3f", share))"
        }
    }
}

import Foundation
import Harness
import Simulation
import Testing

@testable import OrderTestbed
@testable import Reports

/// What it took to find each planted defect, and the shortest run that shows it: `make defects` writes it down.
struct DefectTable {
    struct Line {
        let defect: RunDefect
        /// The first seed whose run the intended checker found fault with, from 1.
        let seed: UInt64
        let seconds: Double
        /// The shortest run that shows the defect.
        let shortest: RunResult
    }

    private(set) var lines: [Line] = []
    /// Defects that no seed has shown.
    private(set) var missed: [RunDefect] = []

    mutating func add(_ defect: RunDefect, seeds: ClosedRange<UInt64>) throws {
        let clock = ContinuousClock()
        let begin = clock.now
        for seed in seeds {
            let result = try Runner.run(defect.defective, seed: seed)
            guard result.checks.contains(where: { $0.name == defect.checker && $0.verdict == .violated }) else {
                continue
            }
            let time = clock.now - begin
            var shrinker = Shrinker(result, breaking: defect.checker, budget: .init(runs: 60, events: 400_000))
            try shrinker.run()
            lines.append(Line(defect: defect, seed: seed, seconds: time / .seconds(1), shortest: shrinker.best))
            return
        }
        missed.append(defect)
    }

    var medianSeed: UInt64 {
        let seeds = lines.map(\.seed).sorted()
        return seeds.isEmpty ? 0 : seeds[seeds.count / 2]
    }

    var markdown: String {
        var text = """
            # Planted defects

            Each line is a defect that was planted on purpose, into a service, a policy or a client's settings, and the
            checker that has to catch it. The smallest story is what is left when orders and faults are taken away for as
            long as the same checker objects. Made by `make defects`; seconds are those of a debug build.

            \(lines.count) defects, all caught; the median by seed \(medianSeed).

            | | defect | caught by | seed | seconds | smallest story |
            |--:|---|---|--:|--:|---|

            """
        for (number, line) in lines.enumerated() {
            let seconds = String(format: "%.2f", line.seconds)
            let cells = [
                "\(number + 1)", line.defect.what, "`\(line.defect.checker)`", "\(line.seed)", seconds, line.story,
            ]
            text += "| \(cells.joined(separator: " | ")) |\n"
        }
        return text
    }
}

extension DefectTable.Line {
    /// `1 order; orders of ORD-1 was sent again after 20 ms`.
    fileprivate var story: String {
        let orders = shortest.unitsOfWork == 1 ? "1 order" : "\(shortest.unitsOfWork) orders"
        let faults = shortest.faults
        switch faults.count {
        case 0: return "\(orders), no fault"
        case 1...2: return "\(orders); " + faults.map(\.sentence).joined(separator: "; ")
        default: return "\(orders), \(faults.count) faults; the first: \(faults[0].sentence)"
        }
    }
}

@Suite struct DefectTableTests {
    private static let file = ProcessInfo.processInfo.environment["ORRERY_DEFECT_TABLE"]

    @Test func `there are at least forty defects, no two alike`() {
        #expect(RunDefect.all.count >= 40)
        #expect(Set(RunDefect.all.map(\.what)).count == RunDefect.all.count)
    }

    @Test(.enabled(if: file != nil, "`make defects` sets ORRERY_DEFECT_TABLE"))
    func `every defect is caught, and the table says how`() throws {
        var table = DefectTable()
        for defect in RunDefect.all { try table.add(defect, seeds: 1...200) }
        #expect(table.missed.isEmpty, "\(table.missed.map(\.testDescription))")
        #expect(table.medianSeed < 100)
        try table.markdown.write(toFile: Self.file ?? "", atomically: true, encoding: .utf8)
    }
}

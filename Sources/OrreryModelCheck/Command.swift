import ArgumentParser
import Foundation
import ModelCheck
import VirtualKafka

@main
struct Command: AsyncParsableCommand {
    @Option var programs = 1_000
    @Option var steps = 200
    @Option var first: UInt64 = 1
    @Option var jobs = 2
    @Option var defects: UInt32 = 0
    @Flag var shrink = false
    @Flag var model = false
    @Flag var story = false

    func run() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        var total = Statistics()
        let last = first + UInt64(programs)
        let planted = PlantedDefects(rawValue: defects)
        let judges = model ? Execution.Judges.model : .both
        let steps = steps
        var found: [Counterexample] = []
        await withTaskGroup(of: (Counterexample?, Statistics).self) { group in
            var next = first
            func startNext() {
                guard next < last else { return }
                let seed = next
                next += 1
                group.addTask { Counterexample.search(seed: seed, steps: steps, defects: planted, judges: judges) }
            }
            for _ in 0..<jobs { startNext() }
            for await (counterexample, statistics) in group {
                total += statistics
                if let counterexample { found.append(counterexample) }
                if found.isEmpty || !shrink { startNext() }
            }
        }
        print("\(clock.now - start)")
        print(total)
        for c in found.prefix(30) {
            print("seed \(c.seed): \(c.violation.kind) | \(c.violation.sentence) at \(c.violation.at)")
        }
        print("\(found.count) found")
        var kinds: [String: Int] = [:]
        for c in found { kinds[c.violation.kind, default: 0] += 1 }
        for (k, n) in kinds.sorted(by: { $0.value > $1.value }) { print(n, k) }
        if shrink, let c = found.first {
            let s = c.shrunk(defects: planted, judges: judges)
            print(s.violation.sentence, s.violation.at)
            print(s.program)
            if story { for line in Execution.story(of: s.program, defects: planted, judges: judges) { print(line) } }
            print("\(clock.now - start)")
        }
    }
}

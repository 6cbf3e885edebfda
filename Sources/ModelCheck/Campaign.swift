import VirtualKafka

/// A program that failed, as drawn and as short as it can be made.
package struct Counterexample: Sendable {
    package var seed: UInt64
    package var violation: Violation
    package var program: Program

    /// Draws the program of a seed and runs it.
    package static func search(
        seed: UInt64, steps: Int = 200, defects: PlantedDefects = [], judges: Execution.Judges = .both
    ) -> (counterexample: Counterexample?, statistics: Statistics) {
        let program = Program.generated(seed: seed, steps: steps)
        let (violation, statistics) = Execution.run(program, defects: defects, judges: judges)
        return (violation.map { Counterexample(seed: seed, violation: $0, program: program) }, statistics)
    }

    /// As short as it can be made, with what the short program does.
    package func shrunk(defects: PlantedDefects = [], judges: Execution.Judges = .both) -> Counterexample {
        let program = Shrinker.shrink(program, violation, defects: defects, judges: judges)
        let violation = Execution.run(program, defects: defects, judges: judges).violation ?? violation
        return Counterexample(seed: seed, violation: violation, program: program)
    }
}

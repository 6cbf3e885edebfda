import ArgumentParser
import Foundation
import ModelCheck

/// The command line of the model check.
@main
struct Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orrery-modelcheck",
        abstract: "Runs random programs of client calls and faults on the virtual cluster, against a reference model.",
        discussion: """
            A program is decided by its seed and its number of steps alone. The first one that \
            fails is made as short as it can be, and printed as Swift, to be pasted into a test.

              orrery-modelcheck
              orrery-modelcheck --programs 100000 --steps 500
              orrery-modelcheck --first 4711 --programs 1 --story

            EXIT CODES
              0   nothing was found
              1   a program failed
              64  the command line is wrong
            """)

    @Option(help: "How many programs.")
    var programs = 10_000

    @Option(help: "How many steps each of them has.")
    var steps = 200

    @Option(help: "The seed of the first program; the others follow.")
    var first: UInt64 = 1

    @Option(help: "How many programs run at once; as many as there are cores, unless given.")
    var jobs: Int?

    @Flag(help: "Also print what happened while the shortest failing program ran.")
    var story = false

    func validate() throws {
        guard programs > 0 else { throw ValidationError("--programs must be positive") }
        guard steps > 0 else { throw ValidationError("--steps must be positive") }
        guard jobs ?? 1 > 0 else { throw ValidationError("--jobs must be positive") }
    }

    func run() async throws {
        let start = ContinuousClock.now
        let jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
        let search = Search(programs: programs, steps: steps, first: first, jobs: jobs)
        let (counterexample, statistics) = await search.run { done in
            Self.note(Text.progress(done, of: programs, after: ContinuousClock.now - start))
        }
        print(Text.summary(statistics, after: ContinuousClock.now - start))
        guard let counterexample else { return }
        Self.note("seed \(counterexample.seed) fails: \(counterexample.violation.sentence)\nmaking it shorter …\n")
        let short = counterexample.shrunk()
        print("seed \(short.seed): \(short.violation.sentence), at \(short.violation.at)\n\n\(short.program)")
        if story { print("\n" + Execution.story(of: short.program).joined(separator: "\n")) }
        throw ExitCode(1)
    }

    private static func note(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}

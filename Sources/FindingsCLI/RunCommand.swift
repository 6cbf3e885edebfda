import ArgumentParser
import Defects
import Harness

/// `orrery-findings run`
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a scenario file with a planted defect, and print what it came to.",
        discussion: """
            The file names the defect under the key 'defect', as files do that come of shrinking. One line is printed: \
            the verdict, the checkers that found something, and the trace hash.

            EXIT CODES
              0   everything held
              1   something was violated
              2   nothing was there to judge
              65  the file is wrong
            """)

    @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml"]))
    var file: String

    @Option(help: "The seed; the scenario's own, or 1, unless given.")
    var seed: UInt64?

    @Option(help: "How often the run is made.")
    var times = 1

    func run() throws {
        let scenario: Scenario
        do throws(InvalidScenario) {
            scenario = try ScenarioFile.load(path: file, system: DefectiveSystem.self)
        } catch {
            note("\(error)\n")
            throw ExitCode(65)
        }
        var verdict = Verdict.held
        for _ in 0..<max(1, times) {
            let result = try Runner.run(scenario, seed: seed ?? scenario.seed ?? 1)
            verdict = result.verdict
            let checkers = result.checks.filter { $0.verdict == .violated }.map(\.name)
            print("\(verdict)  \(checkers.isEmpty ? "-" : checkers.joined(separator: ","))  \(result.traceHash)")
        }
        switch verdict {
        case .held: return
        case .violated: throw ExitCode(1)
        case .inconclusive: throw ExitCode(2)
        }
    }
}

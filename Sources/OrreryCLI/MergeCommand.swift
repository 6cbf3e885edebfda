import ArgumentParser
import Foundation
import Harness
import Reports

/// `orrery merge`
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Put the shards of a session together: one table, one index, one exit code.",
        discussion: """
            Each machine has run its part and kept what --json has printed:

              orrery run scenarios --seeds 1..1000 --shard 2/5 --json > shard-2.jsonl

            A shard that is missing, or that belongs to another session, is an error (exit code 65).

              orrery merge shard-*.jsonl --output reports
            """)

    @Argument(help: "What the shards have printed.", completion: .file(extensions: ["jsonl", "json"]))
    var files: [String]

    @Option(help: ArgumentHelp("Write index.md and results.jsonl into this directory.", valueName: "dir"))
    var output: String?

    @Option(help: ArgumentHelp("Write all runs to a JUnit file, as Jenkins reads them.", valueName: "file"))
    var junit: String?

    @Option(help: "Which verdicts fail the command: violated, inconclusive (and violated), or never.")
    var failOn = FailOn.inconclusive

    @Flag(help: "Print the JSON objects of all runs, in the order of the whole session.")
    var json = false

    func validate() throws {
        if files.isEmpty { throw ValidationError("Name the files that the shards have printed with --json.") }
    }

    func run() throws {
        let console = Console()
        let session: MergedSession
        do throws(UnmergeableShards) { session = try MergedSession(files: files) } catch {
            for problem in error.problems { console.note(problem) }
            throw ExitCode.badScenario
        }
        if json {
            for line in session.lines { console.print(line) }
        } else {
            for line in session.table.lines { console.print(line) }
            for failure in session.failures { tell(failure, on: console) }
        }
        for remark in session.remarks { console.note(remark) }
        do {
            if let output { try session.write(into: output) }
            if let junit { try session.suites.write(to: junit) }
            if let actions = GitHubActions() {
                try actions.tell(session.table, session.failures, session.remarks) { console.note($0) }
            }
        } catch {
            console.note("error: \(error.localizedDescription)")
            throw ExitCode.internalError
        }
        throw ExitCode(session.table.tally, failingOn: failOn)
    }

    private func tell(_ failure: CIFailure, on console: Console) {
        let count = failure.seeds.count
        console.print("\n\(failure.checker)  \(failure.scenario)  \(count) \(count == 1 ? "seed" : "seeds")")
        console.print("  at \(failure.moment)  \(failure.subject)\n    \(failure.message)")
        if let report = failure.report { console.print("  report  \(report)") }
        console.print("  replay  \(failure.replay)")
    }
}

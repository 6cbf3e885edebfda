import ArgumentParser
import Foundation
import Harness

/// `orrery debug`
struct DebugCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "debug", abstract: "Walk through a run in both directions, and ask what would have been.",
        discussion: """
            Takes a report's directory (its minimal.yaml, or with --original its scenario.yaml) or a scenario file. \
            Commands come from the terminal, or with --script from a file or standard input ('-'); then the first \
            command that is wrong ends it.

              orrery debug reports/everything-7
              orrery debug scenarios/calm.yaml --seed 3 --script - <<< 'break order ORD-00000001
              continue
              rows order orders'
            """)

    @Argument(help: "A report's directory, or a scenario file.")
    var subject: String

    @Option(help: "The seed; the file's own, or 1, unless given.")
    var seed: UInt64?

    @Flag(help: "Of a report, the run as it was found, not the shortest one.")
    var original = false

    @Option(help: ArgumentHelp("Commands from a file, or from standard input.", valueName: "file"))
    var script: String?

    func run() throws {
        let console = Console()
        let file = Self.file(of: subject, isOriginal: original)
        let scenario = try console.orExit { () throws(InvalidScenario) in
            try ScenarioFile.load(path: file, system: Testbed.system)
        }
        var session = try DebugSession(scenario, seed: seed ?? scenario.seed ?? 1)
        for line in session.greeting { console.print(line) }
        if let script {
            try perform(script: try Self.lines(of: script), &session, console)
        } else {
            converse(&session, console)
        }
    }

    /// The scenario file that a report's directory has.
    static func file(of subject: String, isOriginal: Bool) -> String {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: subject, isDirectory: &isDirectory), isDirectory.boolValue else {
            return subject
        }
        let minimal = "\(subject)/minimal.yaml"
        return !isOriginal && FileManager.default.fileExists(atPath: minimal) ? minimal : "\(subject)/scenario.yaml"
    }

    private static func lines(of script: String) throws -> [String] {
        let data: Data
        if script == "-" {
            data = try FileHandle.standardInput.readToEnd() ?? Data()
        } else {
            guard let contents = FileManager.default.contents(atPath: script) else {
                throw ValidationError("There is no file '\(script)'.")
            }
            data = contents
        }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func perform(script lines: [String], _ session: inout DebugSession, _ console: Console) throws {
        for (number, line) in lines.enumerated() where !session.hasEnded {
            console.print("\(session.prompt)\(line)")
            switch session.perform(line) {
            case .success(let answer): for text in answer { console.print(text) }
            case .failure(let error):
                console.note("line \(number + 1): \(error.message)")
                throw ExitCode.validationFailure
            }
        }
    }

    private func converse(_ session: inout DebugSession, _ console: Console) {
        while !session.hasEnded {
            console.prompt(session.prompt)
            guard let line = readLine() else { return }
            switch session.perform(line) {
            case .success(let answer): for text in answer { console.print(text) }
            case .failure(let error): console.note(error.message)
            }
        }
    }
}

import Foundation
import Testing

@testable import OrreryCLI

/// Commands that are another program's.
@Suite struct LiveProgramTests {
    @Test func `Help lists them`() throws {
        let help = try Called("--help").output
        for command in ["serve", "replay", "lag", "topics", "dead-letters", "doctor"] {
            #expect(help.contains("\n  \(command) "), "\(command)")
        }
    }

    @Test func `A run on a real cluster is the other program's, with all its options`() {
        let line = ["run", "calm.yaml", "--target", "embedded", "--store", "sqlite:x"]
        #expect(LiveProgram.run(line) == line)
        #expect(LiveProgram.run(["run", "calm.yaml", "--target=kafka"]) == ["run", "calm.yaml", "--target=kafka"])
        for line in [
            [], ["run", "calm.yaml"], ["run", "--target", "simulation"], ["run", "--target"],
            ["check", "--target", "kafka"],
            ["run", "--", "--target", "kafka"],
        ] {
            #expect(LiveProgram.run(line) == nil)
        }
    }

    @Test(arguments: [["serve"], ["doctor", "--brokers", "x:1"], ["run", "x.yaml", "--target", "kafka"]])
    func `Without the other program, a sentence says how it is built`(arguments: [String]) throws {
        let directory = FileManager.default.temporaryDirectory.appending(component: "orrery-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // Alone in a directory, and nowhere else to look.
        let program = directory.appending(component: "orrery")
        try FileManager.default.copyItem(at: Called.program, to: program)
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["PATH": directory.path]) { $1 }
        let error = directory.appending(component: "error")
        try Data().write(to: error)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 69)
        let text = try String(contentsOf: error, encoding: .utf8)
        #expect(text.hasPrefix("error: '\(arguments[0])' needs orrery-live, which is not built: "), "\(text)")
        #expect(text.contains("make build-live"))
    }

    @Test func `A target that is none is told`() throws {
        let called = try Called("run", "x.yaml", "--target", "moon")
        #expect(called.code == 64 && called.error.contains("moon"))
    }
}

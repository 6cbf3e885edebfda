import ArgumentParser
import Foundation
import Harness
import Live
import LiveHarness
import Reports
import Simulation
import Synchronization

/// One run of `orrery-live run`, from the command line to the exit code.
struct LiveSession {
    let command: RunCommand
    let scenario: Scenario
    let brokers: String

    private var seed: UInt64 { command.seed ?? scenario.seed ?? 1 }

    /// The answer is the exit code.
    func run() throws -> ExitCode {
        guard let target = RunTarget(rawValue: command.target), let program = Bundle.main.executablePath else {
            return ExitCode(70)
        }
        let directory = command.store == nil ? try Self.temporaryDirectory() : nil
        defer { if let directory { rmdir(directory) } }
        var options = LiveOptions(
            target: target, brokers: brokers, store: command.store ?? "sqlite:\(directory ?? ".")",
            worker: (program, ["worker"]))
        options.recordings = try command.record.map(Self.emptyDirectory)
        let interruption = RunInterruption()
        let signals = Signals { _ in interruption.request() }
        defer { withExtendedLifetime(signals) {} }
        options.isInterrupted = { interruption.isRequested }
        let progress = ProgressLines()
        options.progress = { progress.show($0) }
        options.note = Terminal.note
        let start = ContinuousClock.now
        do {
            let result = try LiveRunner.run(scenario, file: command.scenario, seed: seed, options: options)
            return try report(result, seconds: (ContinuousClock.now - start).inSeconds)
        } catch LiveRunError.interrupted {
            Terminal.note("interrupted: processes are ended, topics and stores removed")
            return ExitCode(130)
        } catch {
            Terminal.note("error: \(error)")
            return ExitCode(70)
        }
    }

    private func report(_ result: RunResult, seconds: Double) throws -> ExitCode {
        var summary = RunSummary(result, file: command.scenario, replay: again, wallSeconds: seconds)
        if result.verdict == .violated {
            summary.report = try ReportWriter.write(
                result, file: command.scenario, replay: again, program: program, wallSeconds: seconds,
                into: command.reports)
        }
        if command.json {
            Terminal.print(summary.json.compact)
        } else {
            for line in LiveRunText(summary).lines { Terminal.print(line) }
        }
        switch result.verdict {
        case .held: return .success
        case .violated: return ExitCode(1)
        case .inconclusive: return ExitCode(2)
        }
    }

    /// The line that makes such a run again.
    private var again: String {
        var words = [program, "run", command.scenario, "--target", command.target, "--seed", "\(seed)"]
        if let brokers = command.brokers { words += ["--brokers", brokers] }
        if let store = command.store { words += ["--store", store] }
        for (key, value) in command.settings { words += ["--set", "\(key)=\(value)"] }
        return words.map(ShellWord.quoted).joined(separator: " ")
    }

    /// `orrery`, beside this program: it starts this one for live targets, and runs in the simulator what a report holds.
    private var program: String {
        let called = CommandLine.arguments.first ?? "orrery-live"
        return called.hasSuffix("orrery-live") ? String(called.dropLast("-live".count)) : called
    }

    /// Where recordings can go: those of two runs would be taken for those of one.
    private static func emptyDirectory(_ path: String) throws -> String {
        let there = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        if there.contains(where: { $0.hasSuffix(".\(FlightFile.pathExtension)") }) {
            throw Terminal.fail("there are recordings in '\(path)' already: name another directory.", .badInput)
        }
        return URL(fileURLWithPath: path).path
    }

    private static func temporaryDirectory() throws -> String {
        let template = FileManager.default.temporaryDirectory.appending(component: "orrery-XXXXXX").path
        var characters = Array(template.utf8CString)
        guard mkdtemp(&characters) != nil else {
            throw LiveRunError.failed("no temporary directory can be made: \(String(cString: strerror(errno)))")
        }
        return String(decoding: characters.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Whether somebody wants the run to end.
private final class RunInterruption: Sendable {
    private let hasHappened = Atomic(false)

    var isRequested: Bool { hasHappened.load(ordering: .relaxed) }
    func request() { hasHappened.store(true, ordering: .relaxed) }
}

/// Lines of progress on standard error.
private final class ProgressLines: Sendable {
    private let lastShown = Mutex((phase: "", at: Instant.zero))

    /// A line of progress: at every new phase, and every five seconds.
    func show(_ progress: LiveProgress) {
        let isNew = lastShown.withLock { last in
            guard last.phase != progress.phase.rawValue || progress.at - last.at >= .seconds(5) else { return false }
            last = (progress.phase.rawValue, progress.at)
            return true
        }
        guard isNew else { return }
        Terminal.note(
            "\(progress.at)  \(progress.phase.rawValue): \(progress.records) records, \(progress.faults) faults, "
                + "\(progress.deaths) processes died, clients wait for \(progress.unfinished) things"
                + (progress.waiting.map { "; \($0)" } ?? ""))
    }
}

extension Swift.Duration {
    /// The length in seconds, for people to read.
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

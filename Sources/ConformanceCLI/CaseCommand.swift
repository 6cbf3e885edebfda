import ArgumentParser
import Conformance
import Foundation
import Synchronization

/// One case in a process of its own: librdkafka has assertions that end the process, and calls that do not return.
struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Run one case on one target, and print its verdict as JSON.",
        shouldDisplay: false)

    @Option var target: TargetName
    @Argument var id: String

    func run() throws {
        guard let candidate = Suite.cases.first(where: { $0.id == id }) else {
            throw ValidationError("There is no case \(id).")
        }
        let verdict = candidate.run(on: target, Target(name: target, seed: 1).makeCluster)
        FileHandle.standardOutput.write(try JSONEncoder().encode(verdict))
    }

    /// Runs a case in another process. Wall clocks and busy machines being what they are, a failure counts if it happens
    /// twice; the first one is mentioned on standard error.
    static func verdict(of candidate: ConformanceCase, on target: TargetName) -> Verdict {
        let first = attempt(candidate, target)
        guard case .fails(_, let seen) = first else { return first }
        let note = "\(candidate.id) on \(target), once more: \(seen.joined(separator: " | "))\n"
        FileHandle.standardError.write(Data(note.utf8))
        return attempt(candidate, target)
    }

    private static func attempt(_ candidate: ConformanceCase, _ target: TargetName) -> Verdict {
        do { return try run(candidate, target) } catch {
            return .fails(expected: candidate.shows, seen: ["the process with librdkafka did not survive"])
        }
    }

    private static func run(_ candidate: ConformanceCase, _ target: TargetName) throws -> Verdict {
        let child = try Child(["case", "--target", target.rawValue, candidate.id])
        let answer = Mutex(Data())
        let read = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let data = child.readToEnd()
            answer.withLock { $0 = data }
            read.signal()
        }
        // No case waits for more than a minute or two altogether.
        child.finish(within: .seconds(240))
        read.wait()
        return try JSONDecoder().decode(Verdict.self, from: answer.withLock { $0 })
    }
}

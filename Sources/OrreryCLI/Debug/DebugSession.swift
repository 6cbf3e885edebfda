import Foundation
import Harness
import Simulation

/// What a debugger's command has to say, line by line; errors say what to do instead.
struct DebugError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// A walk through one run: takes a command at a time, and answers in lines.
struct DebugSession {
    var travel: TimeTravel
    /// The run as it ends.
    let run: RunResult
    var breakpoints: [Breakpoint] = []
    var marks: [(name: String, position: Int)] = []
    private(set) var hasEnded = false

    /// How many lines of a table are shown without a word to choose by.
    static let limit = 40

    init(_ scenario: Scenario, seed: UInt64) throws {
        travel = try TimeTravel(scenario, seed: seed)
        run = travel.outcome()
    }

    /// What is said at the beginning.
    var greeting: [String] {
        var lines = [
            "\(run.scenario.name), seed \(run.seed): \(run.verdict.rawValue), \(run.events) events, \(run.virtualTime)"
        ]
        if let violation = run.firstViolation {
            lines.append("\(violation.checker) at \(violation.at), \(violation.subject): \(violation.message)")
        }
        for (index, fault) in run.faults.enumerated() { lines.append("fault \(index + 1): \(fault.spelling)") }
        return lines + ["'help' lists the commands."]
    }

    /// Where the walk is.
    var prompt: String { "\(travel.world.now) #\(travel.position)> " }

    /// Carries a command out. An empty line is no command.
    mutating func perform(_ line: String) -> Result<[String], DebugError> {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let name = words.first, !name.hasPrefix("#") else { return .success([]) }
        guard let command = DebugCommands.find(name) else {
            let nearest = Suggestion.forName(name, among: DebugCommands.all.map(\.name)) ?? "'help' lists what there is"
            return .failure(DebugError("there is no command '\(name)': \(nearest)"))
        }
        let rest = line.drop(while: \.isWhitespace).dropFirst(name.count).trimmingCharacters(in: .whitespaces)
        do { return .success(try command.perform(&self, Array(words.dropFirst()), rest)) } catch let error as DebugError
        {
            return .failure(error)
        } catch {
            return .failure(DebugError("\(error)"))
        }
    }

    mutating func end() { hasEnded = true }

    /// What the last step brought, in words.
    var happenings: [String] {
        let text = HappeningText(topics: travel.world.cluster.topics)
        return travel.happenings.compactMap(text.line)
    }

    /// Where the walk is, and what the last step brought.
    var position: [String] {
        let here = ["\(travel.world.now), step \(travel.position)\(travel.isAtEnd ? ", the end" : "")"]
        return here + happenings.map { "  \($0)" }
    }

    /// Walks to the next or the last step at which a breakpoint stops.
    mutating func walk(isBackwards: Bool) throws -> [String] {
        guard !breakpoints.isEmpty else {
            throw DebugError("there is no breakpoint to walk to: try 'break fault', 'break order ORD-00000001'")
        }
        let text = HappeningText(topics: travel.world.cluster.topics)
        let breakpoints = breakpoints
        let begin = travel.world.now
        var hit: Breakpoint?
        let stops: (TimeTravel) -> Bool = { travel in
            let lines = travel.happenings.compactMap(text.line)
            let reached = breakpoints.first { breakpoint in
                // A moment is passed once, not at every step behind it.
                if case .checker(_, let moment) = breakpoint, !isBackwards, begin >= moment { return false }
                return breakpoint.stops(at: travel, lines: lines)
            }
            if let reached { hit = reached }
            return reached != nil
        }
        let isThere = isBackwards ? travel.retreat(to: stops) : travel.advance(to: stops)
        guard isThere, let hit else {
            return ["no breakpoint \(isBackwards ? "before this" : "after this")"] + position
        }
        return ["stopped: \(hit.text)"] + position
    }
}

import Foundation
import Harness
import Simulation

/// The commands of the debugger.
struct DebugCommands: Sendable {
    let name: String
    let short: String?
    let arguments: String
    let documentation: String
    let perform: @Sendable (inout DebugSession, [String], String) throws -> [String]

    private init(
        _ name: String, _ short: String? = nil, _ arguments: String = "", _ documentation: String,
        perform: @escaping @Sendable (inout DebugSession, [String], String) throws -> [String]
    ) {
        self.name = name
        self.short = short
        self.arguments = arguments
        self.documentation = documentation
        self.perform = perform
    }

    static func find(_ name: String) -> DebugCommands? { all.first { $0.name == name || $0.short == name } }

    static var all: [DebugCommands] { walking + looking + asking }

    private static let walking: [DebugCommands] = [
        .init("step", "s", "[N]", "Let the next event happen, or N of them.") { session, words, _ in
            for _ in 0..<(try count(words)) { session.travel.step() }
            return session.position
        },
        .init("back", "b", "[N]", "Go back by an event, or N of them.") { session, words, _ in
            session.travel.go(to: session.travel.position - (try count(words)))
            return session.position
        },
        .init("goto", "g", "TIME|#STEP|end|MARK", "Go to a moment (1.25s), a step, the end or a mark.") {
            session, words, _ in
            try session.go(to: words.first ?? "")
            return session.position
        },
        .init("break", nil, "fault [KIND] | checker [NAME] | event NAME | order ID | WORD", "Stop there.") {
            session, words, rest in
            let breakpoint = try session.breakpoint(words, rest)
            session.breakpoints.append(breakpoint)
            return ["\(session.breakpoints.count): \(breakpoint.text)"]
        },
        .init("breaks", nil, "", "List the breakpoints.") { session, _, _ in
            session.breakpoints.enumerated().map { "\($0.offset + 1): \($0.element.text)" }
        },
        .init("delete", nil, "[N]", "Remove a breakpoint, or all.") { session, words, _ in
            guard let word = words.first else {
                session.breakpoints = []
                return []
            }
            guard let number = Int(word), session.breakpoints.indices.contains(number - 1) else {
                throw DebugError("there is no breakpoint \(word): 'breaks' lists them")
            }
            session.breakpoints.remove(at: number - 1)
            return []
        },
        .init("continue", "c", "", "Go on to the next breakpoint.") { session, _, _ in
            try session.walk(isBackwards: false)
        },
        .init("rewind", "r", "", "Go back to the breakpoint before this.") { session, _, _ in
            try session.walk(isBackwards: true)
        },
        .init("mark", nil, "NAME", "Remember this moment by a name.") { session, words, _ in
            guard let name = words.first else { throw DebugError("give the mark a name: 'mark before'") }
            session.marks.removeAll { $0.name == name }
            session.marks.append((name, session.travel.position))
            return []
        },
        .init("quit", "q", "", "Leave.") { session, _, _ in
            session.end()
            return []
        },
        .init("help", "h", "", "List the commands.") { _, _, _ in
            all.map { command in
                let call = "\(command.name)\(command.short.map { ", \($0)" } ?? "") \(command.arguments)"
                return
                    "\(call.padding(toLength: max(34, call.count), withPad: " ", startingAt: 0))  \(command.documentation)"
            }
        },
    ]

    private static let looking: [DebugCommands] = [
        .init("where", "w", "", "Where we are, what the last event brought, what is going on.") { session, _, _ in
            session.position + session.travel.world.ongoingFaults.map { "  going on: \($0.spelling)" }
        },
        .init("order", "o", "ID", "Every row of every service that mentions it.") { session, words, _ in
            guard let id = words.first else { throw DebugError("which one? 'order ORD-00000001'") }
            return session.rows(mentioning: id)
        },
        .init("rows", nil, "SERVICE [TABLE] [WORD]", "A service's tables, or the rows of one.") { session, words, _ in
            try session.rows(words)
        },
        .init("topics", nil, "", "Every topic: partitions, leaders, ends.") { session, _, _ in session.topics },
        .init("topic", "t", "NAME [WORD]", "The records of a topic.") { session, words, _ in
            try session.records(words)
        },
        .init("group", nil, "[SERVICE]", "A consumer group: members, offsets, lag; or all of them.") {
            session, words, _ in
            try session.groups(words.first)
        },
        .init("brokers", nil, "", "The brokers, and the instances of the services.") { session, _, _ in
            session.machines
        },
        .init("pending", nil, "", "What has not come to rest.") { session, _, _ in session.travel.world.view.pending },
        .init("faults", nil, "", "The plan, and what of it has struck.") { session, _, _ in session.plan },
        .init(
            "diff", "d", "[FROM] TO", "What changed from one moment, step or mark to another; from here, unless given."
        ) {
            session, words, _ in try session.difference(words)
        },
    ]

    private static let asking: [DebugCommands] = [
        .init(
            "what-if", "wi", "drop N | add ACTION | spare",
            "The run's outcome without a fault, with another, or healed here and spared the rest."
        ) { session, words, rest in
            try session.whatIf(words, rest)
        },
        .init("verdict", "v", "", "What every invariant comes to at the end of the run.") { session, _, _ in
            session.run.checks.map {
                "\($0.verdict.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)) \($0.name)"
            }
        },
    ]

    private static func count(_ words: [String]) throws -> Int {
        guard let word = words.first else { return 1 }
        guard let count = Int(word), (1...10_000_000).contains(count) else {
            throw DebugError("'\(word)' is no number of events")
        }
        return count
    }
}

import Dispatch
import Foundation
import Harness

/// How far a search is, on standard error: some lines that are drawn again several times a second on a terminal, one line
/// every five seconds elsewhere.
final class ExploreScreen: Sendable {
    private let board: ExploreBoard
    private let budget: Double?
    private let console: Console
    private let start = ContinuousClock.now
    // Dispatch sources may be cancelled from any thread.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// Begins to show it.
    init(board: ExploreBoard, budget: Double?, console: Console) {
        self.board = board
        self.budget = budget
        self.console = console
        let interval: DispatchTimeInterval = console.error.isTerminal ? .milliseconds(250) : .seconds(5)
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "explore-screen"))
        timer.schedule(deadline: .now() + interval, repeating: interval)
        timer.setEventHandler { [weak self] in self?.show() }
        timer.resume()
    }

    /// Nothing is shown from now on.
    func end() {
        timer.cancel()
        console.clearProgress()
    }

    private func show() {
        let (state, seconds) = (board.state, (ContinuousClock.now - start).inSeconds)
        let first = Self.line(state, after: seconds, of: budget)
        guard console.error.isTerminal else { return console.show(progress: first) }
        let lines = [first] + ExploreText.parts(state.statistics) + Self.tallies(state.statistics)
        console.show(progress: lines.joined(separator: "\n"))
    }

    /// `everything  12 s of 5 min 0 s  1,204 runs, 98/s, 3,120 states, 2 failures`
    static func line(_ state: ExploreBoard.State, after seconds: Double, of budget: Double?) -> String {
        let statistics = state.statistics
        let time = Text.time(seconds) + (budget.map { " of \(Text.time($0))" } ?? "")
        guard !state.scenario.isEmpty else { return "looking for the planted defect  \(time)" }
        var parts = ["\(Text.count(statistics.runs)) runs"]
        if seconds > 0 { parts.append("\(Text.decimal(Double(statistics.runs) / seconds, places: 1))/s") }
        if statistics.states > 0 { parts.append("\(Text.count(statistics.states)) states") }
        let faults = statistics.faults.reduce(0) { $0 + $1.count }
        parts.append("\(Text.count(faults)) faults")
        parts.append("\(Text.count(statistics.violatedRuns)) violated")
        if !state.findings.isEmpty { parts.append("\(state.findings.count) different failures") }
        return "\(state.scenario)  \(time)  \(parts.joined(separator: ", "))"
    }

    /// Faults by kind and violations by checker, a line each.
    static func tallies(_ statistics: SearchStatistics) -> [String] {
        func line(_ title: String, _ tally: SearchStatistics.Tally) -> String? {
            guard !tally.isEmpty else { return nil }
            let shown = tally.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(6)
            return "\(title)  " + shown.map { "\($0.name) \(Text.count($0.count))" }.joined(separator: ", ")
        }
        return [line("faults    ", statistics.faults), line("violations", statistics.violations)].compactMap(\.self)
    }
}

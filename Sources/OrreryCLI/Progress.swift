import Dispatch
import Foundation
import Harness
import Synchronization

/// How far a command is: done, rate, time left, violations so far; on standard error.
final class Progress: Sendable {
    private let console: Console
    private let total: Int
    private let noun: String
    private let start = ContinuousClock.now
    private let tally = Mutex(Tally())
    // Dispatch sources may be cancelled from any thread.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    /// Begins to show progress: several times a second on a terminal, every five seconds elsewhere.
    init(total: Int, of noun: String = "runs", console: Console) {
        self.console = console
        self.noun = noun
        self.total = total
        let interval: DispatchTimeInterval = console.error.isTerminal ? .milliseconds(200) : .seconds(5)
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "progress"))
        timer.schedule(deadline: .now() + interval, repeating: interval)
        timer.setEventHandler { [weak self] in self?.show() }
        timer.resume()
    }

    func finished(_ verdict: Verdict) { tally.withLock { $0.add(verdict) } }

    /// Nothing is shown from now on.
    func end() {
        timer.cancel()
        console.clearProgress()
    }

    private func show() {
        let tally = tally.withLock { $0 }
        console.show(progress: Self.line(tally, of: total, noun, after: (ContinuousClock.now - start).inSeconds))
    }

    /// `120/600 runs, 40/s, 12 s left, 2 violated`
    static func line(_ tally: Tally, of total: Int, _ noun: String = "runs", after seconds: Double) -> String {
        var parts = ["\(tally.count)/\(total) \(noun)"]
        if tally.count > 0, seconds > 0 {
            let rate = Double(tally.count) / seconds
            parts.append(rate >= 10 ? "\(Int(rate))/s" : "\(Text.decimal(rate, places: rate >= 1 ? 1 : 2))/s")
            parts.append("\(Text.time(Double(total - tally.count) / rate)) left")
        }
        if tally.violated > 0 { parts.append("\(tally.violated) violated") }
        if tally.inconclusive > 0 { parts.append("\(tally.inconclusive) inconclusive") }
        return parts.joined(separator: ", ")
    }
}

extension Duration {
    /// The length in seconds, for people to read.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

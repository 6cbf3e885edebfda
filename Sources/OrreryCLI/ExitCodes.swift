import ArgumentParser
import Harness

extension ExitCode {
    static let violated = ExitCode(1)
    static let inconclusive = ExitCode(2)
    /// `EX_DATAERR` of sysexits.h.
    static let badScenario = ExitCode(65)
    /// `EX_UNAVAILABLE`.
    static let unavailable = ExitCode(69)
    /// `EX_SOFTWARE`.
    static let internalError = ExitCode(70)
    /// As shells report a process that SIGINT ended.
    static let interrupted = ExitCode(130)

    /// What a set of verdicts comes to: the worst decides.
    init(_ tally: Tally) {
        self = tally.violated > 0 ? .violated : tally.inconclusive > 0 ? .inconclusive : .success
    }
}

/// How many runs ended in which way.
struct Tally: Equatable, Sendable {
    var held = 0
    var violated = 0
    var inconclusive = 0

    init(held: Int = 0, violated: Int = 0, inconclusive: Int = 0) {
        (self.held, self.violated, self.inconclusive) = (held, violated, inconclusive)
    }

    /// A single verdict.
    init(_ verdict: Verdict) { add(verdict) }

    var count: Int { held + violated + inconclusive }

    mutating func add(_ verdict: Verdict) {
        switch verdict {
        case .held: held += 1
        case .violated: violated += 1
        case .inconclusive: inconclusive += 1
        }
    }
}

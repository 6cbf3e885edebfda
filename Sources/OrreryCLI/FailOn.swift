import ArgumentParser

/// `--fail-on`: which verdicts are an exit code other than 0.
enum FailOn: String, CaseIterable, ExpressibleByArgument {
    /// Exit code 1 when a run is violated.
    case violated
    /// The same, and 2 when one is inconclusive.
    case inconclusive
    /// None.
    case never
}

extension ExitCode {
    /// What verdicts come to: the worst decides. Where nothing was run, nothing is known.
    init(_ tally: Tally, failingOn limit: FailOn) {
        let code = tally.count == 0 ? .inconclusive : ExitCode(tally)
        switch limit {
        case .never: self = .success
        case .violated: self = code == .inconclusive ? .success : code
        case .inconclusive: self = code
        }
    }
}

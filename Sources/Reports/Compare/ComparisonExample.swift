import Harness

/// The shortest run that anybody found of a cell, in a few sentences.
public struct ComparisonExample: Sendable {
    /// Where the report on it is, from the page.
    public var report: String
    /// The line to paste that replays it.
    public var replay: String
    public var seed: UInt64
    public var orders: Int
    public var faults: Int
    /// The invariant that broke.
    public var checker: String
    /// Whom it befell.
    public var subject: String
    /// What happened, as a sentence.
    public var message: String
    /// What struck, a phrase each; only the first ones of many.
    public var struck: [String]

    /// The most faults that are told; the report has all.
    static let faultLimit = 4

    /// What is told of a run that broke an invariant.
    public init(_ result: RunResult, checker: String, report: String, replay: String) {
        self.report = report
        self.replay = replay
        self.checker = checker
        seed = result.seed
        orders = result.unitsOfWork
        faults = result.faults.count
        let violation = result.violations.first { $0.checker == checker } ?? result.violations.first
        subject = violation?.subject ?? ""
        message = violation?.message ?? ""
        struck = result.faults.prefix(Self.faultLimit).map(\.sentence)
    }

    /// `1 order, 2 faults`
    var size: String {
        "\(orders) \(orders == 1 ? "order" : "orders"), "
            + (faults == 0 ? "no fault" : "\(faults) \(faults == 1 ? "fault" : "faults")")
    }

    /// What struck, in a sentence; empty when nothing did.
    var cause: String {
        guard !struck.isEmpty else { return "" }
        let more = faults - struck.count
        return struck.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "") + "."
    }
}

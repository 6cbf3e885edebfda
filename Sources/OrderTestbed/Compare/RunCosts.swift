import Harness

/// What one run cost: which orders came to which harm.
struct RunCosts {
    /// By cost, in the order of `Cost.allCases`: whom it befell, each once.
    private(set) var subjects: [Set<String>]
    /// Orders that came to harm of any kind.
    private(set) var harmed: Set<String> = []

    /// Counts what a run cost.
    init(_ result: RunResult) {
        subjects = Array(repeating: [], count: Cost.allCases.count)
        guard result.verdict == .violated else { return }
        for violation in Self.everyViolation(of: result) {
            self[Cost(checker: violation.checker)].insert(violation.subject)
        }
        let digest = (result.scenario.system as? OrderSystemUnderTest).map { OrderHistory(result.history, of: $0) }
        if let digest, !digest.isSettled { addUnfinished(digest) }
        // Who was charged twice has paid a wrong sum in any case.
        self[.wrongSum].subtract(self[.chargedTwice])
        let orders = Set(digest?.orders.map(\.id.description) ?? [])
        for (index, cost) in Cost.allCases.enumerated() where cost.isHarm {
            // A product may be oversold, too, and a client may know of no order.
            harmed.formUnion(subjects[index].filter { orders.contains($0) || $0.hasPrefix("client ") })
        }
    }

    /// Whom a cost befell.
    private(set) subscript(_ cost: Cost) -> Set<String> {
        get { subjects[Self.index(of: cost)] }
        set { subjects[Self.index(of: cost)] = newValue }
    }

    private static func index(of cost: Cost) -> Int {
        Cost.allCases.firstIndex(of: cost) ?? Cost.allCases.count - 1
    }

    /// Reports show a few violations of each invariant; a count has to know all.
    private static func everyViolation(of result: RunResult) -> [Violation] {
        guard result.checks.contains(where: { $0.violations.count > Findings.limit }),
            let system = result.scenario.system as? OrderSystemUnderTest
        else { return result.violations }
        return system.judge(result.history, limit: .max).flatMap(\.violations)
    }

    /// No checker blames a design for the orders of a run that is still going on. Here it has had minutes to end, so that
    /// an order that is waiting waits for ever.
    private mutating func addUnfinished(_ history: OrderHistory) {
        guard let success = history.lifecycle.success else { return }
        for order in history.orders {
            let isOver = order.row.map { $0.status == success || $0.status.isFinal } ?? !order.has(.orderCreated)
            if !isOver { self[.unfinished].insert(order.id.description) }
        }
    }
}

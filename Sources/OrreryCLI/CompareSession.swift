import Harness
import OrderTestbed
import Reports

/// Runs every design under every fault, several cells at once, and hands over the table.
struct CompareSession: Sendable {
    static let defaultSeeds = Seeds(1...40)

    /// A cell before it is run: its scenario, or why there is none.
    private enum Plan: Sendable {
        case run(Scenario)
        case skip(String)
    }

    let rows: [LoadedScenario]
    let designs: [Design]
    let seeds: Seeds
    /// Where reports go.
    let output: String
    let program: String
    private let plans: [Plan]

    /// How many cells there are.
    var count: Int { plans.count }

    /// A design whose overrides no fault takes is an error; a cell that they do not fit says why.
    init(
        rows: [LoadedScenario], designs: [Design], seeds: Seeds, output: String, program: String
    ) throws(InvalidScenario) {
        var plans: [Plan] = []
        var refusals = [InvalidScenario?](repeating: nil, count: designs.count)
        var fits = [Bool](repeating: false, count: designs.count)
        for row in rows {
            for (column, design) in designs.enumerated() {
                do throws(InvalidScenario) {
                    let scenario = try ScenarioFile.load(
                        path: row.file, system: Testbed.system, overrides: design.overrides)
                    plans.append(scenario.misfit.map(Plan.skip) ?? .run(scenario))
                    fits[column] = true
                } catch {
                    plans.append(.skip(error.errors.map(\.phrase).joined(separator: "; ")))
                    if refusals[column] == nil { refusals[column] = error }
                }
            }
        }
        let errors = designs.indices.filter { !fits[$0] }.flatMap { refusals[$0]?.errors ?? [] }
        guard errors.isEmpty else { throw InvalidScenario(errors) }
        self.rows = rows
        self.designs = designs
        self.seeds = seeds
        self.output = output
        self.program = program
        self.plans = plans
    }

    /// Runs all cells, or stops when nobody wants more: then there is no table. `finished` hears of each cell as it ends.
    func run(
        jobs: Int, line: String, isInterrupted: @escaping @Sendable () -> Bool,
        finished: @escaping @Sendable (ComparisonTable.Standing) -> Void
    ) async throws -> ComparisonTable? {
        var cells = [ComparisonTable.Cell?](repeating: nil, count: count)
        var labels: Set<Cost> = []
        try await withThrowingTaskGroup(of: (index: Int, cell: ComparisonTable.Cell, costs: [Cost]).self) { group in
            var started = 0
            func startNext() {
                guard started < count, !isInterrupted() else { return }
                let index = started
                started += 1
                group.addTask {
                    let (cell, costs) = try cell(at: index)
                    return (index, cell, costs)
                }
            }
            for _ in 0..<jobs { startNext() }
            for try await (index, cell, costs) in group {
                cells[index] = cell
                labels.formUnion(costs)
                finished(cell.standing)
                startNext()
            }
        }
        let done = cells.compactMap(\.self)
        guard done.count == count else { return nil }
        return table(done, costs: Cost.allCases.filter(labels.contains), line: line)
    }

    private func cell(at index: Int) throws -> (ComparisonTable.Cell, [Cost]) {
        let (row, design) = (rows[index / designs.count], designs[index % designs.count])
        let reproduce = line(row, design)
        guard case .run(let scenario) = plans[index] else {
            guard case .skip(let reason) = plans[index] else { preconditionFailure("a plan is one of two") }
            return (ComparisonTable.Cell(.notRun, reason: reason, reproduce: reproduce), [])
        }
        let result = try ComparisonCell(scenario, seeds: seeds, simulate: Testbed.run)
        var cell = ComparisonTable.Cell(result, reproduce: reproduce)
        if let found = result.counterexample {
            cell.example = try ComparisonWriter.write(
                example: found.result, checker: found.checker, name: "\(design.name)-\(row.scenario.name)",
                program: program, into: output)
        }
        return (cell, result.amounts.map(\.cost))
    }

    /// The line that runs a cell again.
    private func line(_ row: LoadedScenario, _ design: Design) -> String {
        var words = [program, "run", row.file, "--seeds", seeds.spelling]
        for setting in design.settings { words += ["--set", setting] }
        return words.map(ShellWord.quoted).joined(separator: " ")
    }
}

extension CompareSession {
    private func table(_ cells: [ComparisonTable.Cell], costs: [Cost], line: String) -> ComparisonTable {
        let orders = cells.map(\.orders).max() ?? 0
        return ComparisonTable(
            title: "What each design loses, and when", introduction: introduction(orders: orders),
            columns: designs.map {
                .init(name: $0.name, group: $0.group, sentence: $0.sentence, settings: $0.settings)
            },
            rows: rows.map {
                .init(name: $0.scenario.name, sentence: $0.scenario.purpose, settings: [$0.file])
            },
            cells: rows.indices.map { row in Array(cells[row * designs.count..<(row + 1) * designs.count]) },
            glossary: costs.map { ($0.label, $0.meaning) }, groupSentences: groupSentences, seeds: seeds.spelling,
            reproduce: line)
    }

    private func introduction(orders: Int) -> [String] {
        var paragraphs = [
            "An order system on Kafka is a set of choices: what the services do in which order, how they recognise an "
                + "event that comes twice, what they write first, when they say that they have read something. Most "
                + "choices look alike until something goes wrong.",
            "Orrery ran order services (orders, stock, payment, parcels) on a simulated Kafka cluster in "
                + "\(designs.count) designs, the columns, through \(rows.count) kinds of trouble, the rows. Each cell is "
                + "\(seeds.count) runs, \(Text.count(orders)) orders in all, with the same customers and the same kind "
                + "of trouble for every design. Then everything was mended, had minutes to come to rest, and was "
                + "checked against what must hold: every order ends, nobody pays twice, no more is promised than there "
                + "is.",
        ]
        if designs.contains(where: { $0.group != nil }) {
            paragraphs.append(
                "Each design with two columns comes from a document that describes an order system. As written, it makes "
                    + "the choices that its document makes; hardened, the services and events are the same, and the "
                    + "choices are those that lose nothing.")
        }
        return paragraphs
    }

    /// What each group of columns has in common, in the order of the columns.
    private var groupSentences: [(name: String, sentence: String)] {
        var names: [String] = []
        for group in designs.compactMap(\.group) where !names.contains(group) { names.append(group) }
        return names.compactMap { name in Design.sentence(ofGroup: name).map { (name, $0) } }
    }
}

extension ComparisonTable.Cell {
    /// A cell as it is shown.
    init(_ cell: ComparisonCell, reproduce: String) {
        let standing: ComparisonTable.Standing =
            switch cell.standing {
            case .held: .held
            case .flawed: .flawed
            case .harmful: .harmful
            case .inconclusive: .inconclusive
            case .notRun: .notRun
            }
        self.init(standing, reason: cell.reason, reproduce: reproduce)
        runs = cell.runs
        violatedRuns = cell.violatedRuns
        orders = cell.orders
        harmed = cell.harmed
        takesNoFault = cell.takesNoFault
        amounts = cell.amounts.map { amount in
            .init(
                name: amount.cost.rawValue, count: amount.count, unit: amount.cost.unit.rawValue,
                label: amount.cost.label, isHarm: amount.cost.isHarm)
        }
    }
}

extension ScenarioError {
    /// What is wrong, without where: the row and the column say that.
    fileprivate var phrase: String { message + (suggestion.map { " – \($0)" } ?? "") }
}

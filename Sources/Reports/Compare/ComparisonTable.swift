import Harness

/// A comparison as it is shown: designs are the columns, faults the rows, and each cell says what the one costs the other.
public struct ComparisonTable: Sendable {
    /// The head of a row or of a column.
    public struct Heading: Sendable {
        /// What users choose it by.
        public var name: String
        /// What several columns have in common; columns of one group stand side by side.
        public var group: String?
        /// What it is, in a sentence.
        public var sentence: String
        /// What makes it: `policies.deduplication=none`, or a file.
        public var settings: [String]

        public init(name: String, group: String? = nil, sentence: String, settings: [String] = []) {
            self.name = name
            self.group = group
            self.sentence = sentence
            self.settings = settings
        }
    }

    /// What a cell comes to.
    public enum Standing: String, Sendable, CaseIterable {
        case held
        /// Only the books are wrong.
        case flawed
        case harmful
        case inconclusive
        case notRun = "not-run"
    }

    /// How many of something there were.
    public struct Amount: Sendable {
        /// For programs: `charged-twice`.
        public var name: String
        public var count: Int
        /// What is counted, for programs: `order`.
        public var unit: String
        /// What follows the number: `charged twice`.
        public var label: String
        /// Whether customers come to harm.
        public var isHarm: Bool

        public init(name: String, count: Int, unit: String, label: String, isHarm: Bool) {
            self.name = name
            self.count = count
            self.unit = unit
            self.label = label
            self.isHarm = isHarm
        }
    }

    /// Where a row and a column meet.
    public struct Cell: Sendable {
        public var standing: Standing
        /// Why there is nothing to show, as a sentence.
        public var reason: String?
        public var runs = 0
        public var violatedRuns = 0
        /// Orders of all runs.
        public var orders = 0
        /// Orders that came to harm.
        public var harmed = 0
        /// The worst first.
        public var amounts: [Amount] = []
        /// Whether the shortest run shows that it happens without the row's fault, too.
        public var takesNoFault = false
        /// The line to paste that runs the cell again.
        public var reproduce: String
        public var example: ComparisonExample?

        /// A cell without numbers.
        public init(_ standing: Standing, reason: String? = nil, reproduce: String) {
            self.standing = standing
            self.reason = reason
            self.reproduce = reproduce
        }
    }

    public var title: String
    /// Paragraphs above the table.
    public var introduction: [String]
    public var columns: [Heading]
    public var rows: [Heading]
    /// Row by row, as many to a row as there are columns.
    public var cells: [[Cell]]
    /// What the labels of amounts mean.
    public var glossary: [(label: String, meaning: String)]
    /// What the columns of a group have in common.
    public var groupSentences: [(name: String, sentence: String)]
    /// The seeds that each cell was run with, as the command line names them.
    public var seeds: String
    /// The line to paste that makes the table again.
    public var reproduce: String

    public init(
        title: String, introduction: [String], columns: [Heading], rows: [Heading], cells: [[Cell]],
        glossary: [(label: String, meaning: String)], groupSentences: [(name: String, sentence: String)] = [],
        seeds: String, reproduce: String
    ) {
        self.title = title
        self.introduction = introduction
        self.columns = columns
        self.rows = rows
        self.cells = cells
        self.glossary = glossary
        self.groupSentences = groupSentences
        self.seeds = seeds
        self.reproduce = reproduce
    }
}

extension ComparisonTable {
    /// Names as people read them: `duplicate records`.
    static func words(_ name: String) -> String { name.replacing("-", with: " ") }

    /// Where the details of a cell stand on a page.
    func anchor(row: Int, column: Int) -> String { "\(columns[column].name)--\(rows[row].name)" }

    /// Rows with their cells that have something to tell, by position.
    var telling: [(row: Int, columns: [Int])] {
        rows.indices.map { row in (row, columns.indices.filter { cells[row][$0].isTelling }) }
            .filter { !$0.columns.isEmpty }
    }

    /// What the columns of a group have in common; empty when nobody says.
    func sentence(ofGroup name: String) -> String { groupSentences.first { $0.name == name }?.sentence ?? "" }

    /// Under how many faults customers of a design came to harm, and how many faults it met.
    func summary(ofColumn column: Int) -> (harmed: Int, met: Int) {
        let standings = cells.map { $0[column].standing }
        return (
            standings.count { $0 == .harmful },
            standings.count { $0 != .notRun && $0 != .inconclusive }
        )
    }

    /// Columns that stand side by side under one group, and how many they are.
    var groups: [(name: String?, count: Int)] {
        columns.reduce(into: []) { groups, column in
            if let last = groups.last, last.name == column.group {
                groups[groups.count - 1].count += 1
            } else {
                groups.append((column.group, 1))
            }
        }
    }
}

extension ComparisonTable.Heading {
    /// Without its group, under which it stands: `as written` for `cart-as-written`.
    var shortTitle: String {
        guard let group, name.hasPrefix(group + "-") else { return ComparisonTable.words(name) }
        return ComparisonTable.words(String(name.dropFirst(group.count + 1)))
    }
}

extension ComparisonTable.Cell {
    /// Whether there is more to say than its one word.
    var isTelling: Bool { standing == .harmful || standing == .flawed }

    /// The cell in a word or a number: `held`, `34 %`.
    public var headline: String {
        switch standing {
        case .held: "held"
        case .flawed: "books wrong"
        case .harmful: share
        case .inconclusive: "nothing to check"
        case .notRun: "does not apply"
        }
    }

    /// How many of a hundred orders came to harm.
    var percent: Double { orders > 0 ? 100 * Double(harmed) / Double(orders) : 0 }

    private var share: String {
        switch percent {
        case 0: "harm"
        case ..<1: "< 1 %"
        default: "\(Int(percent.rounded())) %"
        }
    }

    /// `340 of 1,000 orders came to harm, in 20 of 20 runs`
    var summary: String {
        let runs = "in \(Digits.grouped(violatedRuns)) of \(Digits.grouped(runs)) runs"
        guard standing == .harmful else { return "No customer was harmed; something is wrong \(runs)" }
        return "\(Digits.grouped(harmed)) of \(Digits.grouped(orders)) orders came to harm, \(runs)"
    }
}

extension ComparisonTable.Cell {
    /// What is said of a cell whose shortest run needs no fault.
    static let withoutFault = "This happens without the fault, too."
}

extension ComparisonTable.Amount {
    /// `30 charged twice`
    var phrase: String { "\(Digits.grouped(count)) \(label)" }
}

/// Numbers as people read them.
enum Digits {
    /// `1,234,567`
    static func grouped(_ number: Int) -> String {
        var result = ""
        let digits = Array(String(number.magnitude))
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return number < 0 ? "-" + result : result
    }
}

/// A comparison as an HTML page: one file, no scripts, readable in light and dark.
struct ComparisonPage {
    let table: ComparisonTable

    var text: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(HTML.text(table.title))</title>
        <style>
        \(ComparisonStyle.sheet)
        </style>
        </head>
        <body>
        <header>
        <h1>\(HTML.text(table.title))</h1>
        \(table.introduction.map { "<p>\(HTML.text($0))</p>" }.joined(separator: "\n"))
        </header>
        <main>
        \(legend)
        \(grid)
        <div class="lists">
        \(designs)
        \(faults)
        \(glossary)
        </div>
        \(details)
        \(again)
        </main>
        </body>
        </html>

        """
    }

    private var legend: String {
        """
        <ul class="legend" aria-label="How to read a cell">
        <li><span class="swatch held">held</span> every invariant held in every run</li>
        <li><span class="swatch flawed">books wrong</span> no customer was harmed, but services disagree or records are \
        missing</li>
        <li><span class="swatch harm s1">0.3 %</span><span class="swatch harm s2">7 %</span>\
        <span class="swatch harm s3">40 %</span> so many of a hundred orders came to harm</li>
        <li><span class="swatch none">does not apply</span> this design has nothing that the fault could strike</li>
        </ul>
        <p class="hint">Click a cell that is not green to see what happened, the shortest run that shows it, and the line that \
        replays it; click a design to see what it is.</p>
        """
    }

    // MARK: The table

    private var grid: String {
        var text = "<div class=\"scroll\"><table style=\"min-width: \(14 + 7 * table.columns.count)rem\">\n"
        text += "<colgroup><col class=\"names\"><col span=\"\(table.columns.count)\"></colgroup>\n<thead>\n"
        if table.columns.contains(where: { $0.group != nil }) {
            let groups = table.groups.map { group in
                "<th scope=\"colgroup\" colspan=\"\(group.count)\">\(group.name.map(groupTitle) ?? "")</th>"
            }
            text += "<tr class=\"groups\"><td></td>\(groups.joined())</tr>\n"
        }
        let titles = table.columns.map { column in
            "<th scope=\"col\"><a href=\"#design-\(column.name)\" title=\"\(HTML.text(column.sentence))\">"
                + "\(HTML.text(column.shortTitle))</a></th>"
        }
        text +=
            "<tr><th class=\"corner\" scope=\"col\">fault ↓ · design →</th>\(titles.joined())</tr>\n</thead>\n<tbody>\n"
        for (row, heading) in table.rows.enumerated() {
            text += "<tr><th scope=\"row\">\(HTML.text(ComparisonTable.words(heading.name)))"
            text += "<small>\(HTML.text(heading.sentence))</small></th>\n"
            for column in table.columns.indices { text += cell(row: row, column: column) }
            text += "</tr>\n"
        }
        return text + "</tbody>\n\(sums)</table></div>"
    }

    private func groupTitle(_ name: String) -> String {
        let title = HTML.text(ComparisonTable.words(name))
        let sentence = table.sentence(ofGroup: name)
        guard !sentence.isEmpty else { return title }
        return "<a href=\"#group-\(HTML.text(name))\">\(title)</a>"
    }

    /// The last row: how often each design came to harm.
    private var sums: String {
        var text = "<tfoot>\n<tr><th scope=\"row\">kinds of trouble that harm customers</th>\n"
        for column in table.columns.indices {
            let sum = table.summary(ofColumn: column)
            text += "<td><b>\(sum.harmed)</b><span>of \(sum.met)</span></td>\n"
        }
        return text + "</tr>\n</tfoot>\n"
    }

    /// The most costs that a cell names.
    private static let amountLimit = 2

    private func cell(row: Int, column: Int) -> String {
        let cell = table.cells[row][column]
        guard cell.isTelling else {
            let reason = cell.reason.map { "<small>\(HTML.text($0))</small>" } ?? ""
            return "<td class=\"\(style(cell))\">\(cell.headline)\(reason)</td>\n"
        }
        var inner = "<b>\(HTML.text(cell.headline))</b>"
        for amount in cell.amounts.prefix(Self.amountLimit) { inner += "<span>\(HTML.text(amount.phrase))</span>" }
        let more = cell.amounts.count - Self.amountLimit
        if more > 0 { inner += "<span class=\"more\">and \(more) other \(more == 1 ? "kind" : "kinds")</span>" }
        if cell.takesNoFault { inner += "<span class=\"more\">without the fault, too</span>" }
        return "<td class=\"\(style(cell))\"><a href=\"#\(table.anchor(row: row, column: column))\">\(inner)</a></td>\n"
    }

    private func style(_ cell: ComparisonTable.Cell) -> String {
        switch cell.standing {
        case .held: "held"
        case .flawed: "flawed"
        case .harmful: "harm s\(cell.percent < 2 ? 1 : cell.percent < 20 ? 2 : 3)"
        case .inconclusive, .notRun: "none"
        }
    }

    // MARK: What the words mean

    private var designs: String {
        var text = "<section><h2>The designs</h2><p class=\"hint\">what each column is</p><dl>\n"
        var group: String?
        for column in table.columns {
            if let name = column.group, name != group, !table.sentence(ofGroup: name).isEmpty {
                text += "<dt id=\"group-\(HTML.text(name))\">\(HTML.text(ComparisonTable.words(name)))</dt>"
                text += "<dd>\(HTML.text(table.sentence(ofGroup: name)))</dd>\n"
            }
            group = column.group
            let isPart = column.group.map { !table.sentence(ofGroup: $0).isEmpty } ?? false
            text += entry(
                column, id: "design", title: isPart ? column.shortTitle : ComparisonTable.words(column.name),
                style: isPart ? " class=\"part\"" : "")
        }
        return text + "</dl></section>"
    }

    private var faults: String {
        var text = "<section><h2>The faults</h2><p class=\"hint\">what each row is</p><dl>\n"
        for row in table.rows { text += entry(row, id: "fault", title: ComparisonTable.words(row.name)) }
        return text + "</dl></section>"
    }

    private func entry(
        _ heading: ComparisonTable.Heading, id: String, title: String, style: String = ""
    ) -> String {
        var text = "<dt id=\"\(id)-\(heading.name)\"\(style)>\(HTML.text(title))</dt>"
        text += "<dd\(style)>\(HTML.text(heading.sentence))"
        for setting in heading.settings { text += " <code>\(HTML.text(setting))</code>" }
        return text + "</dd>\n"
    }

    private var glossary: String {
        guard !table.glossary.isEmpty else { return "" }
        var text =
            "<section><h2>What was counted</h2><p class=\"hint\">each order once for each line that applies to it"
        text += "</p><dl>\n"
        for (label, meaning) in table.glossary {
            text += "<dt>\(HTML.text(label))</dt><dd>\(HTML.text(meaning))</dd>\n"
        }
        return text + "</dl></section>"
    }

    // MARK: Cell by cell

    private var details: String {
        guard !table.telling.isEmpty else { return "" }
        var text = "<section class=\"details\"><h2>Cell by cell</h2>\n"
        for (row, columns) in table.telling {
            text += "<h3>\(HTML.text(ComparisonTable.words(table.rows[row].name)))</h3>"
            text += "<p class=\"hint\">\(HTML.text(table.rows[row].sentence))</p>\n"
            for column in columns { text += article(row: row, column: column) }
        }
        return text + "</section>"
    }

    private func article(row: Int, column: Int) -> String {
        let cell = table.cells[row][column]
        let heading = table.columns[column]
        var text = "<article id=\"\(table.anchor(row: row, column: column))\">"
        text += "<h4><span class=\"swatch \(style(cell))\">\(HTML.text(cell.headline))</span> "
        text += "\(HTML.text(ComparisonTable.words(heading.name)))</h4>\n"
        text += "<p>\(HTML.text(cell.summary)): "
        text += HTML.text(cell.amounts.map(\.phrase).joined(separator: ", ")) + "."
        text += cell.takesNoFault ? " \(ComparisonTable.Cell.withoutFault)</p>\n" : "</p>\n"
        if let example = cell.example { text += tell(example) }
        text += "<p class=\"line\"><span>all runs</span> <code>\(HTML.text(cell.reproduce))</code></p></article>\n"
        return text
    }

    private func tell(_ example: ComparisonExample) -> String {
        var text = "<p><a href=\"\(HTML.text(example.report))\">Shortest run</a> (\(example.size)): "
        text += example.cause.isEmpty ? "" : "\(HTML.text(example.cause)) "
        text += "<b>\(HTML.text(example.subject)): \(HTML.text(example.message))</b></p>\n"
        return text + "<p class=\"line\"><span>this run</span> <code>\(HTML.text(example.replay))</code></p>\n"
    }

    private var again: String {
        """
        <section><h2>Run it again</h2>
        <p>A run is decided by its scenario and its seed alone; these lines come to the same on every machine.</p>
        <p class="line"><code>\(HTML.text(table.reproduce))</code></p></section>
        """
    }
}

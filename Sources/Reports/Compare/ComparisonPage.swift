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
        \(list("The designs", "what each column is", table.columns))
        \(list("The faults", "what each row is", table.rows))
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
        <li><span class="swatch none">does not apply</span> the fault finds nothing to strike in this design</li>
        </ul>
        <p class="hint">Click a cell to see what happened, the shortest run that shows it, and the line that replays it.</p>
        """
    }

    // MARK: The table

    private var grid: String {
        var text = "<div class=\"scroll\"><table>\n<thead>\n"
        if table.columns.contains(where: { $0.group != nil }) {
            let groups = table.groups.map { group in
                "<th scope=\"colgroup\" colspan=\"\(group.count)\">"
                    + "\(group.name.map { HTML.text(ComparisonTable.words($0)) } ?? "")</th>"
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
        return text + "</tbody>\n</table></div>"
    }

    /// The most costs that a cell names.
    private static let amountLimit = 2

    private func cell(row: Int, column: Int) -> String {
        let cell = table.cells[row][column]
        guard cell.isTelling else {
            let hint = cell.reason.map { " title=\"\(HTML.text($0))\"" } ?? ""
            return "<td class=\"\(style(cell))\"\(hint)>\(cell.headline)</td>\n"
        }
        var inner = "<b>\(HTML.text(cell.headline))</b>"
        for amount in cell.amounts.prefix(Self.amountLimit) { inner += "<span>\(HTML.text(amount.phrase))</span>" }
        let more = cell.amounts.count - Self.amountLimit
        if more > 0 { inner += "<span class=\"more\">and \(more) other \(more == 1 ? "kind" : "kinds")</span>" }
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

    private func list(_ title: String, _ subtitle: String, _ headings: [ComparisonTable.Heading]) -> String {
        let isDesigns = title == "The designs"
        var text = "<section><h2>\(title)</h2><p class=\"hint\">\(subtitle)</p><dl>\n"
        for heading in headings {
            let id = "\(isDesigns ? "design" : "fault")-\(heading.name)"
            text += "<dt id=\"\(id)\">\(HTML.text(ComparisonTable.words(heading.name)))</dt>"
            text += "<dd>\(HTML.text(heading.sentence))"
            for setting in heading.settings { text += " <code>\(HTML.text(setting))</code>" }
            text += "</dd>\n"
        }
        return text + "</dl></section>"
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
        text += HTML.text(cell.amounts.map(\.phrase).joined(separator: ", ")) + ".</p>\n"
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

/// Text that goes into HTML as it is, between tags and in quoted attributes.
enum HTML {
    static func text(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}

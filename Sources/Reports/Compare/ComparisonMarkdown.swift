/// A comparison as a Markdown page.
struct ComparisonMarkdown {
    let table: ComparisonTable

    var text: String {
        var page = "# \(Markdown.text(table.title))\n\n"
        for paragraph in table.introduction { page += Markdown.text(paragraph) + "\n\n" }
        page += "[`index.html`](index.html) shows the same in colour.\n\n"
        return page + legend + grid + designs + headings("The faults", table.rows) + glossary + details + again
    }

    private var legend: String {
        """
        A number is the share of orders that came to harm: their customers lost money, goods or an answer. *Books wrong*
        means that no customer was harmed, but services disagree or records are missing. *Held* means that every
        invariant held in every run. Numbers lead to the shortest run that shows what happened.


        """
    }

    private var grid: String {
        var text = "| | " + table.columns.map { title($0) }.joined(separator: " | ") + " |\n"
        text += "|---|" + table.columns.map { _ in "---|" }.joined() + "\n"
        for (row, heading) in table.rows.enumerated() {
            let cells = table.cells[row].map(cell).joined(separator: " | ")
            text += "| **\(title(heading))** | \(cells) |\n"
        }
        let sums = table.columns.indices.map { column in
            let sum = table.summary(ofColumn: column)
            return "\(sum.harmed) of \(sum.met)"
        }
        text += "| *kinds of trouble that harm customers* | \(sums.joined(separator: " | ")) |\n"
        return text + "\n"
    }

    private func cell(_ cell: ComparisonTable.Cell) -> String {
        guard cell.isTelling else { return cell.standing == .held ? "held" : "*\(cell.headline)*" }
        let headline = "**\(Markdown.text(cell.headline))**"
        let linked = cell.example.map { "[\(headline)](\($0.report))" } ?? headline
        return ([linked] + cell.amounts.prefix(2).map { Markdown.text($0.phrase) }).joined(separator: "<br>")
    }

    private var designs: String {
        let groups = table.groups.compactMap(\.name).compactMap { name -> String? in
            let sentence = table.sentence(ofGroup: name)
            return sentence.isEmpty
                ? nil : "- **\(Markdown.text(ComparisonTable.words(name)))** – \(Markdown.text(sentence))\n"
        }
        let section = headings("The designs", table.columns)
        guard !groups.isEmpty else { return section }
        return section + "What they come from:\n\n" + groups.joined() + "\n"
    }

    private func headings(_ title: String, _ headings: [ComparisonTable.Heading]) -> String {
        var text = "## \(title)\n\n"
        for heading in headings {
            text += "- **\(self.title(heading))** – \(Markdown.text(heading.sentence))"
            if !heading.settings.isEmpty {
                text += " (" + heading.settings.map(Markdown.code).joined(separator: ", ") + ")"
            }
            text += "\n"
        }
        return text + "\n"
    }

    private var glossary: String {
        guard !table.glossary.isEmpty else { return "" }
        var text = "## What was counted\n\nEach order is counted once for each line that applies to it.\n\n"
        for (label, meaning) in table.glossary { text += "- **\(Markdown.text(label))** – \(Markdown.text(meaning))\n" }
        return text + "\n"
    }

    private var details: String {
        var text = "## Cell by cell\n\n"
        for (row, columns) in table.telling {
            text += "### \(title(table.rows[row]))\n\n"
            for column in columns {
                let cell = table.cells[row][column]
                text += "**\(title(table.columns[column]))**: \(cell.summary): "
                text += Markdown.text(cell.amounts.map(\.phrase).joined(separator: ", ")) + "."
                text += cell.takesNoFault ? " \(ComparisonTable.Cell.withoutFault)\n" : "\n"
                if let example = cell.example { text += tell(example) }
                text += "All runs: `\(cell.reproduce)`\n\n"
            }
        }
        return text + notRun
    }

    private func tell(_ example: ComparisonExample) -> String {
        let cause = example.cause.isEmpty ? "" : "What struck: \(Markdown.text(example.cause)) "
        return "[Shortest run](\(example.report)), \(example.size): \(cause)"
            + "\(Markdown.text(example.subject)): \(Markdown.text(example.message)) "
            + "Replay: `\(example.replay)`\n"
    }

    private var notRun: String {
        var lines: [String] = []
        for (row, heading) in table.rows.enumerated() {
            for (column, cell) in table.cells[row].enumerated() {
                guard let reason = cell.reason else { continue }
                lines.append(
                    "- \(title(table.columns[column])), \(title(heading)): \(Markdown.text(reason))")
            }
        }
        return lines.isEmpty ? "" : "### Without a result\n\n" + lines.joined(separator: "\n") + "\n\n"
    }

    private var again: String { "## Run it again\n\n```sh\n\(table.reproduce)\n```\n" }

    private func title(_ heading: ComparisonTable.Heading) -> String {
        Markdown.text(ComparisonTable.words(heading.name))
    }
}

/// Text that goes into Markdown as it is: nothing in it is markup, and it fits a cell of a table.
enum Markdown {
    static func text(_ text: String) -> String {
        var result = ""
        for scalar in line(text).unicodeScalars {
            if "\\`*_[]<>|#".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// In a code span, shortened to what a reader takes in.
    static func code(_ text: String) -> String {
        var content = line(text)
        if content.count > 240 { content = content.prefix(240) + "…" }
        // A bar ends a cell even inside of code; a backtick would end the span.
        content = String(content.map { $0 == "|" ? "¦" : $0 == "`" ? "ˋ" : $0 })
        return content.isEmpty ? "" : "`\(content)`"
    }

    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }
}

import Harness
import Simulation

/// A story as a Mermaid sequence diagram, which GitHub and most editors draw.
struct SequenceDiagram {
    let story: Story
    let violation: Violation

    /// The source, without the fence around it.
    var source: String {
        let names = participants
        var lines = ["sequenceDiagram"]
        for (index, name) in names.enumerated() { lines.append("    participant p\(index) as \(Self.escaped(name))") }
        var isMarked = false
        for step in story.steps {
            if !isMarked, violation.at < step.at {
                lines.append(mark(names))
                isMarked = true
            }
            guard let to = names.firstIndex(of: Story.lane(of: step.to)) else { continue }
            let text = "\(step.at.brief) \(Self.escaped(step.what + instance(of: step)))"
            if let from = step.from.map(Story.lane).flatMap(names.firstIndex) {
                lines.append("    p\(from)\(step.isAnswer ? "-->>" : "->>")p\(to): \(text)")
            } else {
                lines.append("    Note over p\(to): \(text)")
            }
        }
        if !isMarked { lines.append(mark(names)) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Which instance of the lane's service it was, where that is known.
    private func instance(of step: Story.Step) -> String {
        let names = [step.from, step.to].compactMap(\.self).filter { $0 != Story.lane(of: $0) }
        return names.isEmpty ? "" : " (\(names.joined(separator: ", ")))"
    }

    /// The moment of the violation, over the whole width.
    private func mark(_ names: [String]) -> String {
        let width = names.count > 1 ? "p0,p\(names.count - 1)" : "p0"
        return "    Note over \(width): \(violation.at.brief) ✘ \(Self.escaped(violation.checker))"
    }

    /// From left to right: the client, those who act, what they write to, the provider.
    private var participants: [String] {
        var names: [String] = []
        let others = story.steps.filter { !$0.isOwn || $0.isAnswer }
        let actors = (story.steps.compactMap(\.from) + others.map(\.to)).map(Story.lane)
        let rest = story.steps.map { Story.lane(of: $0.to) }
        // What nobody acts as is written to: topics, and Kafka as a whole.
        let ordered = actors.filter { $0 == "client" } + actors.filter { $0 != "Kafka" } + rest
        for name in ordered where name != "provider" && !names.contains(name) { names.append(name) }
        if actors.contains("provider") || rest.contains("provider") { names.append("provider") }
        return names
    }

    /// Mermaid ends a statement at a semicolon, starts entities with `#` and comments with `%%`.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "#", ";", "%", "\"", "<", ">", "{", "}", "`", "\\": result += "#\(scalar.value);"
            case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value): result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Instant {
    /// Seconds with three decimals: `2.431s`.
    package var brief: String { decimal(places: 3) + "s" }

    /// Seconds with six decimals, for tables in which the order within a millisecond matters.
    var precise: String { decimal(places: 6) }

    private func decimal(places: Int) -> String {
        var unit: Int64 = 1_000_000_000
        for _ in 0..<places { unit /= 10 }
        let digits = String(nanoseconds % 1_000_000_000 / unit)
        return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: places - digits.count) + digits
    }
}

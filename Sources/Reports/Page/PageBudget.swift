import Harness
import Simulation

/// How much of a recording goes into a page: a browser has to open it at once, and people send it to each other.
struct PageBudget {
    var arrows = 20_000
    var marks = 4_000
    /// Bytes of what messages hold.
    var content = 1_100_000
    /// Bytes of rows.
    var rows = 1_000_000
    /// The longest content, in characters; of the subject's own messages, and of others.
    var ownContent = 4_000
    var otherContent = 400

    /// For one of two worlds on a page.
    var half: PageBudget {
        PageBudget(arrows: arrows / 2, marks: marks / 2, content: content / 2, rows: rows / 2)
    }
}

/// A recording cut to a budget: first what is about the subject, then what is nearest to the moment.
struct CutRecording {
    private(set) var recording: Recording
    /// What was left out, a sentence each.
    private(set) var cuts: [String] = []
    private let subject: Int?
    private let moment: Instant

    init(_ recording: Recording, about subject: String?, around moment: Instant, budget: PageBudget) {
        self.recording = recording
        self.subject = subject.flatMap { recording.subjects.firstIndex(of: $0) }
        self.moment = moment
        cutArrows(budget.arrows)
        cutMarks(budget.marks)
        cutContent(budget)
        cutRows(budget.rows)
    }

    private func isOwn(_ subjects: [Int]) -> Bool { subject.map(subjects.contains) ?? false }

    private mutating func cutArrows(_ limit: Int) {
        let all = recording.arrows
        guard all.count > limit else { return }
        let ranked = all.indices.sorted { left, right in
            let own = (isOwn(subjects(of: left)), isOwn(subjects(of: right)))
            if own.0 != own.1 { return own.0 }
            let near = (all[left].start.distance(to: moment), all[right].start.distance(to: moment))
            return near.0 != near.1 ? near.0 < near.1 : left < right
        }
        recording.arrows = ranked.prefix(limit).sorted().map { all[$0] }
        cuts.append(
            "The picture shows \(ReportSource.count(limit, "message")) of \(all.count): those of the subject, then those "
                + "nearest to the moment.")
    }

    private func subjects(of arrow: Int) -> [Int] { recording.messages[recording.arrows[arrow].message].subjects }

    private mutating func cutMarks(_ limit: Int) {
        let all = recording.marks
        guard all.count > limit else { return }
        let ranked = all.indices.sorted { left, right in
            let own = (isOwn(all[left].subjects), isOwn(all[right].subjects))
            if own.0 != own.1 { return own.0 }
            let near = (all[left].at.distance(to: moment), all[right].at.distance(to: moment))
            return near.0 != near.1 ? near.0 < near.1 : left < right
        }
        recording.marks = ranked.prefix(limit).sorted().map { all[$0] }
        cuts.append("It shows \(ReportSource.count(limit, "mark")) of \(all.count).")
    }

    private mutating func cutContent(_ budget: PageBudget) {
        let ranked = recording.messages.indices.sorted { left, right in
            let own = (isOwn(recording.messages[left].subjects), isOwn(recording.messages[right].subjects))
            if own.0 != own.1 { return own.0 }
            let near = (
                recording.messages[left].at.distance(to: moment), recording.messages[right].at.distance(to: moment)
            )
            return near.0 != near.1 ? near.0 < near.1 : left < right
        }
        var left = budget.content
        var dropped = 0
        for index in ranked {
            let longest = isOwn(recording.messages[index].subjects) ? budget.ownContent : budget.otherContent
            if recording.messages[index].detail.utf8.count > longest {
                recording.messages[index].detail = String(recording.messages[index].detail.prefix(longest)) + "…"
            }
            let size = recording.messages[index].detail.utf8.count
            if size > left {
                recording.messages[index].detail = ""
                dropped += 1
            } else {
                left -= size
            }
        }
        if dropped > 0 {
            cuts.append("The content of \(ReportSource.count(dropped, "message")) is left out; events.jsonl has it.")
        }
    }

    /// First rows about the subject, then those that they name by their keys (the stock of the products of an order), then
    /// others by their size.
    private mutating func cutRows(_ limit: Int) {
        let all = recording.rows
        let named = namedByOwn(all)
        func tier(_ row: Recording.RowTrack) -> Int {
            isOwn(row.subjects) ? 0 : named.contains(row.key) ? 1 : row.subjects.isEmpty ? 3 : 2
        }
        let tiers = all.map(tier)
        var left = limit
        var kept: [Int] = []
        for index in all.indices.sorted(by: { (tiers[$0], $0) < (tiers[$1], $1) }) {
            let size = all[index].versions.reduce(60) { $0 + ($1.value?.compact.utf8.count ?? 4) / 2 + 20 }
            // What is about nobody, an inbox for example, is only there when there is room enough.
            guard size <= left, tiers[index] < 3 || left > limit / 2 else { continue }
            left -= size
            kept.append(index)
        }
        guard kept.count < all.count else { return }
        recording.rows = kept.sorted().map { all[$0] }
        cuts.append(
            "The slider shows \(ReportSource.count(kept.count, "row")) of \(all.count): those about the subject, those that "
                + "they name, then others.")
    }

    private func namedByOwn(_ rows: [Recording.RowTrack]) -> Set<String> {
        let keys = Set(rows.map(\.key).filter { $0.contains { $0.isLetter } })
        var words: Set<String> = []
        for row in rows where isOwn(row.subjects) {
            for value in row.versions.compactMap(\.value) { Self.collect(value, into: &words) }
        }
        return keys.intersection(words)
    }

    private static func collect(_ value: JSONValue, into words: inout Set<String>) {
        switch value {
        case .text(let text): words.insert(text)
        case .array(let elements): for element in elements { collect(element, into: &words) }
        case .object(let members): for member in members { collect(member.value, into: &words) }
        case .null, .flag, .number: break
        }
    }
}

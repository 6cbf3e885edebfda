import Harness
import Orders

/// A blueprint as people look at it: topics, services, the way forward and the way back.
public struct BlueprintDrawing: Sendable {
    let file: BlueprintFile
    let blueprint: Blueprint

    /// The drawing of a blueprint.
    public init(_ file: BlueprintFile) {
        self.file = file
        blueprint = file.blueprint
    }

    /// How wide a terminal is taken to be, in characters.
    private static let width = 100

    /// For a terminal, a line break at the end.
    public var text: String {
        var lines = Self.wrapped("\(blueprint.name): \(blueprint.summary)", to: Self.width)
        if !file.document.isEmpty { lines.append("after the document '\(file.document)'") }
        if !file.about.isEmpty { lines += [""] + Self.wrapped(file.about, to: Self.width) }
        lines += ["", "TOPICS"] + topicLines
        lines += ["", "SERVICES"] + serviceLines
        lines += ["", "THE WAY FORWARD"] + flow(forward)
        lines += ["", "THE WAY BACK"] + flow(backward) + endLines
        lines += ["", "PROFILES"] + profileLines
        return lines.joined(separator: "\n") + "\n"
    }

    /// What an event is called on the wire.
    func name(_ event: EventType) -> String { blueprint.names[event] }

    func names(_ events: [EventType], _ conjunction: String) -> String {
        let names = events.map(name)
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " \(conjunction) " + last
    }

    func service(_ role: Blueprint.Role) -> String { blueprint.participant(role)?.name ?? role.rawValue }

    // MARK: Topics and services

    private var topicLines: [String] {
        let heads = blueprint.topics.map { [$0.name, "\($0.partitions)"] }
        let contents = blueprint.topics.map(content)
        let titles = ["topic", "partitions", "events", "read by"]
        let widths = (0..<2).map { column in (heads.map { $0[column].count } + [titles[column].count]).max() ?? 0 }
        // The readers of a topic get what the other columns leave, and as many lines as its events.
        let eventWidth = (contents.joined().map(\.count) + [titles[2].count]).max() ?? 0
        let rest = max(24, Self.width - widths.reduce(eventWidth, +) - 2 - 3 * 2)
        var rows = [titles]
        for (index, topic) in blueprint.topics.enumerated() {
            let readers = blueprint.participants.filter { blueprint.topicsRead(by: $0.role).contains(topic.name) }
            let names = Self.wrapped(readers.map(\.name).joined(separator: ", "), to: rest)
            for line in 0..<max(contents[index].count, names.count, 1) {
                let event = line < contents[index].count ? contents[index][line] : ""
                rows.append((line == 0 ? heads[index] : ["", ""]) + [event, line < names.count ? names[line] : ""])
            }
        }
        let suffix = blueprint.deadLetterSuffix
        return Self.table(rows).map { "  " + $0 }
            + ["  What cannot be read goes to TOPIC\(suffix)."]
    }

    /// What a topic carries: the names on the wire, and what they mean where they do not say it.
    private func content(of topic: Blueprint.Topic) -> [String] {
        let events = blueprint.publications.filter { $0.topic == topic.name }.map { publication in
            let meaning = publication.event.description
            return Self.letters(publication.name) == Self.letters(meaning)
                ? publication.name : "\(publication.name) (\(meaning))"
        }
        return events + (blueprint.replayTopics.contains(topic.name) ? ["orders of the past"] : [])
    }

    /// `ORDER_CREATED` and `OrderCreated` say the same.
    private static func letters(_ name: String) -> String {
        String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    private var serviceLines: [String] {
        let rows = blueprint.participants.map { participant in
            let says = blueprint.publications.filter { blueprint.publisher(of: $0.event) == participant.role }
            var topics: [String] = []
            for topic in says.map(\.topic) where !topics.contains(topic) { topics.append(topic) }
            let reads = blueprint.topicsRead(by: participant.role)
            return [
                participant.name, participant.group, reads.isEmpty ? "–" : reads.joined(separator: ", "),
                topics.isEmpty ? "–" : topics.joined(separator: ", "),
            ]
        }
        return Self.table([["service", "group", "reads", "writes"]] + rows).map { "  " + $0 }
    }

    private var profileLines: [String] {
        file.profileNames.flatMap { name -> [String] in
            let choices = file.profile(name)?.choices ?? []
            guard !choices.isEmpty else { return ["  \(name): the defaults, which lose nothing"] }
            return ["  \(name)"] + Self.table(choices.map { [$0.key, $0.value] }).map { "    " + $0 }
        }
    }

    // MARK: The flow

    /// Something that happens because of some events.
    struct Branch {
        var causes: String
        var deed: String
        var actor: String
        var outcome: String
    }

    private var forward: [Branch] {
        orderedSteps.map { step in
            let isEach = step.kind == .notify || step.kind == .count
            return Branch(
                causes: names(step.when, isEach ? "or" : "and"), deed: step.kind.rawValue,
                actor: service(Blueprint.role(of: step.kind)), outcome: outcome(of: step.kind))
        }
    }

    private var backward: [Branch] {
        orderedSteps.reversed().filter { !$0.undo.isEmpty }.map { step in
            var outcome = names(Blueprint.undone(step.kind).types, "or")
            if step.kind == .ship {
                outcome += ", or \(name(.cancellationRefused)) when the parcel has left"
            }
            return Branch(
                causes: names(step.undo, "or"), deed: "undo \(step.kind.rawValue)",
                actor: service(Blueprint.role(of: step.kind)), outcome: outcome)
        }
    }

    private var endLines: [String] {
        guard blueprint.published.contains(.orderCancelled) else { return [] }
        return ["  When nothing is left that has to be taken back, the order ends with \(name(.orderCancelled))."]
    }

    /// Steps after those that they wait for.
    var orderedSteps: [Blueprint.Step] {
        var ordered: [Blueprint.Step] = []
        var open = blueprint.steps
        while !open.isEmpty {
            let index = open.firstIndex { step in
                !open.contains { other in
                    other.kind != step.kind && blueprint.success(of: other.kind).map(step.when.contains) ?? false
                }
            }
            ordered.append(open.remove(at: index ?? 0))
        }
        return ordered
    }

    func outcome(of kind: Blueprint.StepKind) -> String {
        let stages: [EventType] =
            switch kind {
            case .charge: [.paymentProcessing, .paymentAuthorized]
            case .reserve: [.inventoryReserved]
            case .validate: [.fraudCheckPassed]
            case .ship: [.shipmentCreated, .shipmentDispatched, .shipmentDelivered]
            case .notify: [.notificationSent]
            case .accept: [.orderStatusUpdated]
            case .count: []
            }
        if kind == .accept {
            return blueprint.published.contains(.orderStatusUpdated)
                ? "its status follows \(name(.orderStatusUpdated))" : ""
        }
        let way = stages.filter(blueprint.published.contains).map(name).joined(separator: ", then ")
        return way + (Blueprint.failure(of: kind).map { ", or \(name($0))" } ?? "")
    }

    private func flow(_ branches: [Branch]) -> [String] {
        let widths = (
            deed: branches.map(\.deed.count).max() ?? 0, actor: branches.map { $0.actor.count + 2 }.max() ?? 0
        )
        var lines: [String] = []
        var done: [String] = []
        for branch in branches where !done.contains(branch.causes) {
            done.append(branch.causes)
            let twigs = branches.filter { $0.causes == branch.causes }
            lines += Self.wrapped(branch.causes, to: Self.width - 4).map { "  " + $0 }
            for (index, twig) in twigs.enumerated() {
                let isLast = index == twigs.count - 1
                let head =
                    "  \(isLast ? "└─▶" : "├─▶") " + Self.padded(twig.deed, to: widths.deed) + "  "
                    + Self.padded("(\(twig.actor))", to: widths.actor) + "  "
                let outcome = Self.wrapped(twig.outcome, to: max(30, Self.width - head.count))
                lines.append(Self.trimmed(head + (outcome.first ?? "")))
                let margin = Self.padded(isLast ? "" : "  │", to: head.count)
                lines += outcome.dropFirst().map { margin + $0 }
            }
        }
        return lines
    }

    // MARK: Text

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Rows in columns.
    static func table(_ rows: [[String]]) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            trimmed(zip(row, widths).map { padded($0, to: $1) }.joined(separator: "  "))
        }
    }

    /// Lines of so many characters, broken between words.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

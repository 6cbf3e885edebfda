import Harness
import Orders

extension BlueprintDrawing {
    /// A flow chart in Mermaid: whole lines lead forward, broken lines back.
    public var mermaid: String {
        var lines = ["flowchart LR", "    customer([customer])"]
        let maker = blueprint.publisher(of: .orderCreated)
        lines.append("    \(maker.rawValue)[\"\(service(maker))\"]")
        for step in orderedSteps {
            let actor = service(Blueprint.role(of: step.kind))
            lines.append("    \(node(step.kind))[\"\(actor):<br>\(step.kind.rawValue)\"]")
        }
        lines.append("    customer -->|orders| \(maker.rawValue)")
        for step in orderedSteps { lines += edges(to: step, step.when + alsoHeard(by: step.kind), "-->") }
        for step in orderedSteps.reversed() { lines += edges(to: step, step.undo, "-.->") }
        return lines.joined(separator: "\n") + "\n"
    }

    private func node(_ kind: Blueprint.StepKind) -> String { "step_\(kind.rawValue)" }

    /// What the order service hears of an order beside that it was created, where others take orders in its stead.
    private func alsoHeard(by kind: Blueprint.StepKind) -> [EventType] {
        kind == .accept && blueprint.published.contains(.orderStatusUpdated) ? [.orderStatusUpdated] : []
    }

    /// What stands on an edge. Steps that look on hear of nearly everything: named one by one, that would hide the way.
    private func label(_ events: [EventType], to kind: Blueprint.StepKind) -> String {
        let looksOn = kind == .notify || kind == .count
        return looksOn && events.count > 1 ? "\(events.count) events" : events.map(name).joined(separator: "<br>")
    }

    /// One edge from each place that events come from, with the events on it.
    private func edges(to step: Blueprint.Step, _ events: [EventType], _ arrow: String) -> [String] {
        var sources: [(node: String, events: [EventType])] = []
        for event in events {
            let source = origin(of: event)
            if let index = sources.firstIndex(where: { $0.node == source }) {
                sources[index].events.append(event)
            } else {
                sources.append((source, [event]))
            }
        }
        return sources.map { source in
            "    \(source.node) \(arrow)|\(label(source.events, to: step.kind))| \(node(step.kind))"
        }
    }

    /// The step, or the service, that says something.
    private func origin(of event: EventType) -> String {
        let role = blueprint.publisher(of: event)
        if let step = blueprint.steps.first(where: { $0.kind != .accept && Blueprint.role(of: $0.kind) == role }) {
            return node(step.kind)
        }
        if role == .order, blueprint.publisher(of: .orderCreated) != .order { return node(.accept) }
        return role.rawValue
    }

    /// For programs.
    package var json: JSONValue {
        .object([
            ("name", .text(blueprint.name)), ("summary", .text(blueprint.summary)), ("document", .text(file.document)),
            ("about", .text(file.about)),
            (
                "topics",
                .array(
                    blueprint.topics.map { topic in
                        .object([
                            ("name", .text(topic.name)), ("partitions", .integer(topic.partitions)),
                            ("isReplayTopic", .flag(blueprint.replayTopics.contains(topic.name))),
                            ("deadLetterTopic", .text(topic.name + blueprint.deadLetterSuffix)),
                        ])
                    })
            ),
            (
                "services",
                .array(
                    blueprint.participants.map { participant in
                        .object([
                            ("role", .text(participant.role.rawValue)), ("name", .text(participant.name)),
                            ("group", .text(participant.group)),
                            ("reads", .array(blueprint.topicsRead(by: participant.role).map(JSONValue.text))),
                        ])
                    })
            ),
            (
                "events",
                .array(
                    blueprint.publications.map { publication in
                        .object([
                            ("event", .text(publication.event.description)), ("name", .text(publication.name)),
                            ("topic", .text(publication.topic)),
                            ("publisher", .text(service(blueprint.publisher(of: publication.event)))),
                        ])
                    })
            ),
            (
                "steps",
                .array(
                    blueprint.steps.map { step in
                        .object([
                            ("step", .text(step.kind.rawValue)),
                            ("service", .text(service(Blueprint.role(of: step.kind)))),
                            ("when", .array(step.when.map { .text($0.description) })),
                            ("undo", .array(step.undo.map { .text($0.description) })),
                        ])
                    })
            ),
            (
                "profiles",
                .object(
                    file.profileNames.map { name in
                        let choices = file.profile(name)?.choices ?? []
                        return (name, .object(choices.map { ($0.key, .text($0.value)) }))
                    })
            ),
        ])
    }
}

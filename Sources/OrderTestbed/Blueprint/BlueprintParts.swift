import Harness
import Orders

/// A blueprint's file, key by key.
struct BlueprintParts: Sendable {
    struct Service: Hashable, Sendable {
        var name: String?
        var group: String?
    }

    struct Step: Hashable, Sendable {
        var when: [EventType] = []
        var undo: [EventType] = []
    }

    typealias Outlets = [Pair<EventType, String?>]

    var name = ""
    var summary = ""
    var document = ""
    var about = ""
    var topics: [(name: String, value: Int)] = []
    var deadLetterSuffix = ".dlq"
    var deadLetterPartitions = 1
    var replay: [String] = []
    var services: [Pair<Blueprint.Role, Service>] = []
    var events: [(name: String, value: Outlets)] = []
    var steps: [Pair<Blueprint.StepKind, Step>] = []
    var profiles: [(name: String, value: [(name: String, value: String)])] = []
    var path: String?

    /// How such files are read and written, and what must hold in them.
    static let file = FieldFile<BlueprintParts>(kind: "blueprint", fields: fields) { parts in
        let blueprint = parts.blueprint
        let problems = parts.profileFindings
        return problems
            + blueprint.problems.map {
                Objection(key: $0.key, message: $0.message, suggestion: $0.suggestion)
            }
    }

    static let event = Format<EventType>.name(of: EventType.allCases.map { ($0.description, $0) }, "an event")

    static let fields: [Field<BlueprintParts>] =
        [
            .text("name", \.name, "What scenarios call it; the file's name without its ending, unless it is given."),
            .text("summary", \.summary, "What it is, in a sentence."),
            .text("document", \.document, "The title of the document that it comes from."),
            .text("about", \.about, "What the document says, what it chooses, and what it loses: a paragraph."),
        ] + wireFields + flowFields

    private static let wireFields: [Field<BlueprintParts>] = [
        Field(
            "topics", .map(of: .integer(in: 1...1000), "topics with their partitions, such as orders: 3"),
            "The topics that events travel on, and how many partitions each has.", get: { $0.topics },
            set: { $0.topics = $1 }),
        .text("dead-letters.suffix", \.deadLetterSuffix, "What is added to a topic's name for its dead-letter topic."),
        .integer(
            "dead-letters.partitions", \.deadLetterPartitions, in: 1...1000,
            "How many partitions each dead-letter topic has."),
        Field(
            "replay", \.replay, .oneOrMore(of: .text, "a list of topics"),
            "Topics to which orders of the past can be replayed; the first unless another is asked for."),
        Field(
            "services", \.services,
            .map(
                from: Blueprint.Role.allCases.map { ($0.rawValue, $0) }, "service", to: service,
                "services, such as payment: {group: payment-service}"),
            "Who takes part: the service's own name, and the group its instances read in; both are the role's name "
                + "unless given."),
        Field(
            "events",
            .map(
                of: .map(
                    from: EventType.allCases.map { ($0.description, $0) }, "event",
                    to: Format<String>.text.orNothing("a name on the wire"),
                    "events, such as OrderCreated: ORDER_CREATED"), "topics with their events"),
            "What is published: topic by topic, each event with its name on the wire, or nothing for its own name. What "
                + "is not listed is not published.", get: { $0.events }, set: { $0.events = $1 }),
    ]

    private static let flowFields: [Field<BlueprintParts>] = [
        Field(
            "steps", \.steps,
            .map(
                from: Blueprint.StepKind.allCases.map { ($0.rawValue, $0) }, "step", to: step,
                "steps, such as charge: {when: OrderCreated, undo: InventoryFailed}"),
            "What is done for an order. `when`: the events that begin a step, all of them together; each of them for "
                + "`notify` and `count`. `undo`: the events each of which takes it back."),
        Field(
            "profiles",
            .map(
                of: .map(of: .anyScalar, "keys of a scenario with values, such as policies.deduplication: memory"),
                "profiles with their choices"),
            "Lists of choices, by name: keys of a scenario, with dots, and what holds where the scenario says nothing. "
                + "`hardened`, the safe defaults, is there in any case.", get: { $0.profiles },
            set: { $0.profiles = $1 }),
    ]

    private static let service = Format<Service>.section(
        [
            Field("name", \.name, Format.text.optional, "What it is called: names instances, such as `payment/1`."),
            Field("group", \.group, Format.text.optional, "The consumer group of its instances."),
        ], else: Service(), "a name and a group")

    private static let step = Format<Step>.section(
        [
            Field("when", \.when, .oneOrMore(of: event, "a list of events"), "What begins it."),
            Field("undo", \.undo, .oneOrMore(of: event, "a list of events"), "What takes it back."),
        ], else: Step(), "events under 'when' and 'undo'")

    /// Keys on which a profile cannot decide.
    private static let keysOfScenarios = ["blueprint", "profile", "name", "purpose", "seed", "plan", "services"]

    private var profileFindings: [Objection] {
        profiles.flatMap { profile in
            profile.value.compactMap { choice in
                let head = choice.name.split(separator: ".").first.map(String.init) ?? ""
                guard Self.keysOfScenarios.contains(head) else { return nil }
                return Objection(
                    key: "profiles.\(profile.name).\(choice.name)", message: "'\(head)' is no choice of a profile",
                    suggestion: "leave it to scenarios")
            }
        }
    }
}

extension BlueprintParts {
    /// The choreography, right or wrong.
    var blueprint: Blueprint {
        var blueprint = Blueprint(
            name: name, summary: summary,
            topics: topics.map { Blueprint.Topic($0.name, partitions: Int32($0.value)) },
            participants: services.map { Blueprint.Participant($0.key, name: $0.value.name, group: $0.value.group) },
            publications: events.flatMap { topic in
                topic.value.map { Blueprint.Publication($0.key, as: $0.value, to: topic.name) }
            },
            steps: steps.map { Blueprint.Step($0.key, when: $0.value.when, undo: $0.value.undo) },
            replayTopics: replay)
        blueprint.deadLetterSuffix = deadLetterSuffix
        blueprint.deadLetterPartitions = Int32(deadLetterPartitions)
        return blueprint
    }

    /// The keys of a blueprint.
    init(_ file: BlueprintFile) {
        let blueprint = file.blueprint
        name = blueprint.name
        summary = blueprint.summary
        document = file.document
        about = file.about
        topics = blueprint.topics.map { ($0.name, Int($0.partitions)) }
        deadLetterSuffix = blueprint.deadLetterSuffix
        deadLetterPartitions = Int(blueprint.deadLetterPartitions)
        replay = blueprint.replayTopics
        services = blueprint.participants.map { participant in
            let name = participant.name == participant.role.rawValue ? nil : participant.name
            let group = participant.group == participant.name ? nil : participant.group
            return Pair(key: participant.role, value: Service(name: name, group: group))
        }
        for publication in blueprint.publications {
            let name = publication.name == publication.event.description ? nil : publication.name
            let outlet = Pair(key: publication.event, value: name)
            if let index = events.firstIndex(where: { $0.name == publication.topic }) {
                events[index].value.append(outlet)
            } else {
                events.append((publication.topic, [outlet]))
            }
        }
        steps = blueprint.steps.map { Pair(key: $0.kind, value: Step(when: $0.when, undo: $0.undo)) }
        profiles = file.profiles.map { ($0.name, $0.choices.map { ($0.key, $0.value) }) }
        path = file.path
    }
}

extension BlueprintFile {
    /// What the keys say; `file` is where they were read.
    init(_ parts: BlueprintParts, file: String) {
        blueprint = parts.blueprint
        document = parts.document
        about = parts.about
        profiles = parts.profiles.map { profile in
            Profile(name: profile.name, choices: profile.value.map { Preset($0.name, $0.value, file: file) })
        }
        path = parts.path
    }
}

import Kafka

/// A blueprint as one participant sees it, names turned into numbers.
struct Wiring: Sendable {
    let blueprint: Blueprint
    /// What the participant does.
    let role: Blueprint.Role
    /// The participant's name.
    let name: String
    /// The consumer group of its instances.
    let group: String
    /// What it reads.
    let subscriptions: [TopicID]
    /// The names of all topics.
    let topics: TopicTable
    /// The events that it acts upon.
    let concerns: EventSet
    /// What is published at all.
    let published: EventSet
    let codec: EventCodec
    /// By `EventType.rawValue`.
    private let outlets: [TopicID?]
    /// By `TopicID.rawValue`.
    private let deadLetters: [TopicID?]

    init(_ participant: Blueprint.Participant, of blueprint: Blueprint, topics: TopicTable) {
        func id(_ name: String) -> TopicID {
            guard let id = topics.id(of: name) else {
                preconditionFailure("blueprint '\(blueprint.name)' needs topic '\(name)', which the run does not have")
            }
            return id
        }
        self.blueprint = blueprint
        role = participant.role
        name = participant.name
        group = participant.group
        subscriptions = blueprint.topicsRead(by: participant.role).map(id)
        self.topics = topics
        concerns = blueprint.concerns(participant.role)
        published = blueprint.published
        codec = EventCodec(names: blueprint.names, source: participant.name)
        outlets = EventType.allCases.map { type in
            blueprint.publications.first { $0.event == type }.map { id($0.topic) }
        }
        deadLetters = topics.names.map { topics.id(of: $0 + blueprint.deadLetterSuffix) }
    }

    /// Where events of a kind are published; nil when they are not.
    func topic(for type: EventType) -> TopicID? { outlets[Int(type.rawValue)] }

    /// Where records of a topic go that nothing can be done with.
    func deadLetterTopic(for topic: TopicID) -> TopicID {
        guard let letters = deadLetters[Int(topic.rawValue)] else {
            preconditionFailure("topic '\(topics.name(of: topic))' has no dead-letter topic")
        }
        return letters
    }

    /// What begins a step that this participant takes, and what takes it back.
    func rule(_ kind: Blueprint.StepKind) -> StepRule { StepRule(kind, of: blueprint) }
}

/// What begins a step, and what takes it back, as sets.
struct StepRule: Sendable {
    /// All of them begin it. A step that needs to know what was ordered waits for that, too.
    let when: EventSet
    /// Each of them takes it back.
    let undo: EventSet
    /// For each event of `when`, those of the others that come before it wherever everything is in order.
    private let before: [(event: EventType, others: EventSet)]

    init(_ kind: Blueprint.StepKind, of blueprint: Blueprint) {
        let step = blueprint.step(kind)
        var when = EventSet(step?.when ?? [])
        switch kind {
        case .reserve, .charge, .validate: if step != nil { when.insert(.orderCreated) }
        case .accept, .ship, .notify, .count: break
        }
        self.when = when
        undo = EventSet(step?.undo ?? [])
        before = when.types.map { ($0, blueprint.ancestors(of: $0).intersection(when)) }
    }

    /// Whether an event is in order, given those of the step that have arrived.
    func isInOrder(_ event: EventType, after seen: EventSet) -> Bool {
        before.first { $0.event == event }.map { seen.contains($0.others) } ?? true
    }
}

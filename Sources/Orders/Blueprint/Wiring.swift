import Kafka

/// A blueprint as one participant sees it, names turned into numbers.
struct Wiring: Sendable {
    /// The participant's name.
    let name: String
    /// What it reads.
    let subscriptions: [TopicID]
    /// The names of all topics.
    let topics: TopicTable
    /// By `EventType.rawValue`.
    private let outlets: [TopicID]
    /// By `TopicID.rawValue`.
    private let deadLetters: [TopicID?]

    init(_ participant: Blueprint.Participant, of blueprint: Blueprint, topics: TopicTable) {
        func id(_ name: String) -> TopicID {
            guard let id = topics.id(of: name) else {
                preconditionFailure("blueprint '\(blueprint.name)' needs topic '\(name)', which the run does not have")
            }
            return id
        }
        name = participant.name
        subscriptions = participant.reads.map(id)
        self.topics = topics
        outlets = EventType.allCases.map { type in
            guard let route = blueprint.routes.first(where: { $0.events.contains(type) }) else {
                preconditionFailure("blueprint '\(blueprint.name)' has no route for \(type)")
            }
            return id(route.topic)
        }
        deadLetters = topics.names.map { topics.id(of: $0 + blueprint.deadLetterSuffix) }
    }

    /// Where events of a kind are published.
    func topic(for type: EventType) -> TopicID { outlets[Int(type.rawValue)] }

    /// Where records of a topic go that nothing can be done with.
    func deadLetterTopic(for topic: TopicID) -> TopicID {
        guard let letters = deadLetters[Int(topic.rawValue)] else {
            preconditionFailure("topic '\(topics.name(of: topic))' has no dead-letter topic")
        }
        return letters
    }
}

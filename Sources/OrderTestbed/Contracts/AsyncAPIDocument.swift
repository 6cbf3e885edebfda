import Harness
import Orders
import Services

/// A blueprint as an AsyncAPI 3.0 document: its topics as channels, what each service sends and receives as operations,
/// its events as messages.
struct AsyncAPIDocument {
    let blueprint: Blueprint

    /// Contracts of what is published, each with its name on the wire and its topic.
    private var messages: [(contract: EventContract, publication: Blueprint.Publication)] {
        EventContract.all.compactMap { contract in
            contract.publication(in: blueprint).map { (contract, $0) }
        }
    }

    /// The whole document.
    var document: JSONValue {
        .object([
            ("asyncapi", .text("3.0.0")),
            (
                "info",
                .object([
                    ("title", .text("Orrery: \(blueprint.name)")), ("version", .text("\(Event.Version.current)")),
                    ("description", .text(blueprint.summary)),
                ])
            ),
            ("defaultContentType", .text("application/json")),
            ("channels", channels),
            ("operations", operations),
            (
                "components",
                .object([
                    ("messages", componentMessages),
                    (
                        "schemas",
                        .object(schemas + [("EventHeaders", eventHeaders), ("DeadLetterHeaders", deadLetterHeaders)])
                    ),
                ])
            ),
        ])
    }

    private var schemas: [(key: String, value: JSONValue)] {
        messages.map { contract, publication in
            (publication.name, EventSchemas.schema(of: contract, called: publication.name))
        }
    }

    // MARK: Channels

    private var channels: JSONValue {
        var channels: [(key: String, value: JSONValue)] = blueprint.topics.map { topic in
            let carried = messages.filter { isCarried($0.contract, by: topic.name) }.map(\.publication.name)
            return (
                topic.name, channel(topic, "Events of orders, each in the partition of its order's id.", carried)
            )
        }
        channels += blueprint.topics.map { topic in
            let name = topic.name + blueprint.deadLetterSuffix
            let letters = Blueprint.Topic(name, partitions: blueprint.deadLetterPartitions)
            return (name, channel(letters, "Records of '\(topic.name)' that nobody could process.", ["DeadLetter"]))
        }
        return .object(channels)
    }

    /// A replay topic carries the orders of the past, beside what is published there.
    private func isCarried(_ contract: EventContract, by topic: String) -> Bool {
        contract.publication(in: blueprint)?.topic == topic
            || contract.type == .orderCreated && blueprint.replayTopics.contains(topic)
    }

    private func channel(_ topic: Blueprint.Topic, _ description: String, _ messages: [String]) -> JSONValue {
        .object([
            ("address", .text(topic.name)), ("description", .text(description)),
            (
                "messages", .object(messages.map { ($0, reference("#/components/messages/\($0)")) })
            ),
            (
                "bindings",
                kafka([("topic", .text(topic.name)), ("partitions", .integer(topic.partitions))])
            ),
        ])
    }

    private func kafka(_ members: [(key: String, value: JSONValue)]) -> JSONValue {
        .object([("kafka", .object(members + [("bindingVersion", .text("0.5.0"))]))])
    }

    private func reference(_ path: String) -> JSONValue { .object([("$ref", .text(path))]) }

    // MARK: Operations

    private var operations: JSONValue {
        var operations: [(key: String, value: JSONValue)] = []
        for participant in blueprint.participants {
            for topic in blueprint.topics {
                let sent = messages.filter {
                    $0.publication.topic == topic.name && $0.contract.producer(in: blueprint) == participant
                }
                if !sent.isEmpty {
                    operations.append(
                        operation("send", participant, topic.name, sent.map(\.publication.name), bindings: nil))
                }
            }
            for topic in blueprint.topics where blueprint.topicsRead(by: participant.role).contains(topic.name) {
                let received = messages.filter {
                    isCarried($0.contract, by: topic.name) && $0.contract.consumers(in: blueprint).contains(participant)
                }
                let group = JSONValue.object([
                    ("type", .text("string")), ("enum", .array([.text(participant.group)])),
                ])
                operations.append(
                    operation(
                        "receive", participant, topic.name, received.map(\.publication.name),
                        bindings: kafka([("groupId", group)])))
            }
        }
        return .object(operations)
    }

    private func operation(
        _ action: String, _ participant: Blueprint.Participant, _ topic: String, _ messages: [String],
        bindings: JSONValue?
    ) -> (key: String, value: JSONValue) {
        let verb = action == "send" ? "publishes to" : "acts upon what is in"
        let operation = JSONValue.object([
            ("action", .text(action)), ("channel", reference("#/channels/\(topic)")),
            ("summary", .text("The \(participant.name) service \(verb) '\(topic)'.")),
            ("messages", .array(messages.map { reference("#/channels/\(topic)/messages/\($0)") })),
        ])
        return ("\(participant.name).\(action).\(topic)", operation.adding([("bindings", bindings)]))
    }

    // MARK: Messages

    private var componentMessages: JSONValue {
        let events: [(key: String, value: JSONValue)] = messages.map { contract, publication in
            let key = JSONValue.object([("type", .text("string")), ("description", .text("The order's id."))])
            let message = JSONValue.object([
                ("name", .text(publication.name)), ("title", .text(publication.name)),
                ("summary", .text(contract.meaning)), ("contentType", .text("application/json")),
                ("correlationId", .object([("location", .text("$message.header#/\(EventHeader.correlation)"))])),
                ("headers", reference("#/components/schemas/EventHeaders")),
                ("payload", reference("#/components/schemas/\(publication.name)")),
                ("bindings", kafka([("key", key)])),
            ])
            return (publication.name, message)
        }
        let letter = JSONValue.object([
            ("name", .text("DeadLetter")), ("title", .text("DeadLetter")),
            ("summary", .text("A record as it came, with where it came from and why it is here in headers.")),
            ("headers", reference("#/components/schemas/DeadLetterHeaders")),
        ])
        return .object(events + [("DeadLetter", letter)])
    }

    private var eventHeaders: JSONValue {
        headers(HeaderContract.all.map { ($0.name, $0.meaning, $0.isRequired, $0.constant) })
    }

    private var deadLetterHeaders: JSONValue {
        headers(RuntimeHeaders.deadLetter.map { ($0.name, $0.meaning, true, nil) })
    }

    private func headers(_ all: [(name: String, meaning: String, isRequired: Bool, constant: String?)]) -> JSONValue {
        .object([
            ("type", .text("object")),
            (
                "properties",
                .object(
                    all.map { header in
                        let schema = JSONValue.object([
                            ("type", .text("string")), ("description", .text(header.meaning)),
                        ])
                        return (header.name, schema.adding([("const", header.constant.map { .text($0) })]))
                    })
            ),
            ("required", .array(all.filter(\.isRequired).map { .text($0.name) })),
        ])
    }
}

import Harness
import Kafka
import Orders
import Services

/// The reference page of events, made from their contracts.
struct EventReference {
    let blueprints: [Blueprint]

    /// The page.
    var markdown: String {
        var page = Self.introduction + index + Self.envelope + Self.headers
        page += Self.versions + Self.failures + "\n## Events\n"
        for contract in EventContract.all { page += section(contract) }
        return page
    }

    private static let introduction = """
        # Events

        <!-- Made by `orrery schema events --markdown`; a test compares the two. -->

        Services tell each other what has happened, and nothing else: an event is a fact about one order. It travels as a
        Kafka record whose key is the order's id, so that the events of one order in one topic stay in order, and whose
        value is JSON. This page, the JSON Schemas ([`schemas/events.json`](schemas/events.json), made by
        `orrery schema events`) and the AsyncAPI documents (`orrery schema asyncapi --blueprint NAME`) come from one
        catalogue, against which every record is held that services publish in a simulated run
        (`events-match-contract`).

        What an event is called, which topic carries it and who reads it is the blueprint's choice; what it says and which
        fields it has is the same everywhere. `orrery schema events --blueprint NAME` prints the schemas with the names of
        a blueprint.


        """

    // MARK: Overview

    private var index: String {
        var text = "| event | what it says |\n|---|---|\n"
        for contract in EventContract.all {
            let name = contract.type.description
            text += "| [`\(name)`](#\(name.lowercased())) | \(contract.meaning) |\n"
        }
        return text
    }

    private static var envelope: String {
        """

        ## What all events have

        \(table(EventContract(of: .orderCreated).fields.map { ($0.name, $0) }))
        Identifiers are 1 to 15 printable ASCII characters without blanks. Amounts are decimal numbers with as many decimals as
        their currency has; they are read exactly, never as binary fractions. Fields marked *personal* tell something about
        a person: they are kept out of logs, and there are no more of them than the services need.

        """
    }

    private static var headers: String {
        var text = """

            ## Headers

            The headers are those of CloudEvents' binary mode for Kafka, of W3C's Trace Context, and the ids of the story.
            Others may stand beside them.

            | header | always | what it says |
            |---|---|---|

            """
        for header in HeaderContract.all {
            let constant = header.constant.map { " Always `\($0)`." } ?? ""
            text += "| `\(header.name)` | \(header.isRequired ? "yes" : "no") | \(header.meaning)\(constant) |\n"
        }
        return text
    }

    private static var versions: String {
        """

        ## Versions

        The version of all events is \(Event.Version.current). A new minor version only adds fields; a new major version may change anything.

        * A producer writes the current version, with the fields of the contract and no others.
        * A consumer passes over fields that it does not know, so that it reads later minor versions.
        * It reads earlier minor versions, too: where a field is missing that a later version added, it reads what the
          event's section says. A field that is there counts, whatever the version.
        * An event of another major version, or of a kind that the blueprint does not know, goes to the dead-letter topic
          (`UnknownVersion`, `UnknownEvent`).
        * So does one in which a required field is missing (`MissingField`), or has a value of the wrong type (`WrongType`) or without
          sense (`InvalidValue`), and what is no JSON at all (`Empty`, `TooLarge`, `NotUTF8`, `MalformedJSON`).

        """
    }

    private static var failures: String {
        var text = """

            ## Dead letters

            A record that cannot be processed goes, as it is, to the dead-letter topic of its topic, once for each consumer group,
            with these headers, which Spring Kafka gives to dead letters too:

            | header | what it says |
            |---|---|

            """
        for header in RuntimeHeaders.deadLetter { text += "| `\(header.name)` | \(header.meaning) |\n" }
        text += """

            A dead letter that is redriven goes back to the topic and key it had, without these headers, and with `\(Redrive.countHeader)`:
            how often it has been sent back.

            ## Retries

            With the policy `retry: retry-topics`, a record whose handler fails for a reason that may pass goes to
            `<topic>-retry-1`, from there to `<topic>-retry-2` and so on, at last to the dead-letter topic. What it was and what
            headers it had stays as it was; these are added, as Spring Kafka calls them:

            | header | what it says |
            |---|---|

            """
        for header in RuntimeHeaders.retry { text += "| `\(header.name)` | \(header.meaning) |\n" }
        return text
    }

    // MARK: Events

    private func section(_ contract: EventContract) -> String {
        let name = contract.type.description
        var text = "\n### \(name)\n\n\(contract.meaning)\n\n"
        text += Self.table(contract.payloadFields)
        text += "\n" + Self.history(of: contract)
        let published = blueprints.filter { contract.publication(in: $0) != nil }
        if published.isEmpty { text += "\nNo blueprint publishes it.\n" } else { text += parties(contract, published) }
        return text + "\n```json\n\(Self.indented(EventCodec().encode(contract.example())))\n```\n"
    }

    private static func table(_ fields: [(path: String, field: ContractField)]) -> String {
        var text = "| field | value | must be there | what it says |\n|---|---|---|---|\n"
        for (path, field) in fields {
            let notes = field.isPersonal ? " *Personal.*" : ""
            let need = field.isRequired ? "yes" : "no"
            text += "| `\(path)` | \(describe(field.type))\(field.isNullable ? " or null" : "") | \(need) | "
            text += "\(field.meaning)\(notes) |\n"
        }
        return text
    }

    private static func describe(_ type: ContractType) -> String {
        switch type {
        case .uuid: "a UUID"
        case .moment: "a moment (RFC 3339)"
        case .identifier: "an identifier"
        case .currency: "an ISO 4217 code"
        case .amount: "an amount"
        case .count: "a whole number from 1"
        case .flag: "true or false"
        case .version: "`\(Event.Version.current)`"
        case .eventName: "the event's name"
        case .oneOf(let words) where words.count == EventContract.all.count: "one of the events of this page"
        case .oneOf(let words): "one of " + words.map { "`\($0)`" }.joined(separator: ", ")
        case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ") + "; others may come"
        case .object: "an object"
        case .list: "an array, at least one"
        }
    }

    private static func history(of contract: EventContract) -> String {
        let additions = contract.payloadFields.filter { $0.field.since == .current }
        guard !additions.isEmpty else { return "Its payload is the same in \(Event.Version.first).\n" }
        var text = "Added in \(Event.Version.current):\n\n"
        for (path, field) in additions {
            let before = field.before.map { "reads as `\($0)`" } ?? "has none"
            text += "* `\(path)`: an event of \(Event.Version.first) \(before).\n"
        }
        return text
    }

    private func parties(_ contract: EventContract, _ blueprints: [Blueprint]) -> String {
        var text = "\n| blueprint | name | topic | publisher | readers |\n|---|---|---|---|---|\n"
        for blueprint in blueprints {
            guard let publication = contract.publication(in: blueprint) else { continue }
            let readers = contract.consumers(in: blueprint).map(\.name).joined(separator: ", ")
            text += "| \(blueprint.name) | `\(publication.name)` | `\(publication.topic)` | "
            text += "\(contract.producer(in: blueprint)?.name ?? "–") | \(readers.isEmpty ? "–" : readers) |\n"
        }
        return text
    }

    /// JSON without blanks, over several lines.
    private static func indented(_ json: [UInt8]) -> String {
        var text: [UInt8] = []
        var depth = 0
        var isInString = false
        func line(_ depth: Int) -> [UInt8] { Array(("\n" + String(repeating: "  ", count: depth)).utf8) }
        for (index, byte) in json.enumerated() {
            // No example holds a quote that is escaped.
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
            switch byte {
            case UInt8(ascii: "{") where !isInString, UInt8(ascii: "[") where !isInString:
                depth += 1
                text += [byte] + line(depth)
            case UInt8(ascii: "}") where !isInString, UInt8(ascii: "]") where !isInString:
                depth -= 1
                text += line(depth) + [byte]
            case UInt8(ascii: ",") where !isInString: text += [byte] + line(depth)
            case UInt8(ascii: ":") where !isInString: text += [byte, UInt8(ascii: " ")]
            default: text.append(byte)
            }
            precondition(index + 1 < json.count || depth == 0, "an example is not JSON")
        }
        return String(decoding: text, as: UTF8.self)
    }
}

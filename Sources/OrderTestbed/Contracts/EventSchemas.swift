import Harness
import Orders

/// The JSON Schemas of events (draft 2020-12), made from their contracts.
enum EventSchemas {
    /// One schema for each kind of event, under its name: of a blueprint, those it publishes, under its names for them;
    /// without one, all there are.
    static func schemas(of blueprint: Blueprint?) -> JSONValue {
        .object(
            EventContract.all.compactMap { contract in
                guard let name = name(of: contract, in: blueprint) else { return nil }
                let head: [(key: String, value: JSONValue)] = [
                    ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
                    ("$id", .text("urn:orrery:event:\(name):\(Event.Version.current)")),
                ]
                return (name, JSONValue.object(head + members(of: contract, called: name)))
            })
    }

    /// What a blueprint calls an event; nil when it does not publish it.
    static func name(of contract: EventContract, in blueprint: Blueprint?) -> String? {
        guard let blueprint else { return contract.type.description }
        return contract.publication(in: blueprint)?.name
    }

    /// The schema of an event without what says that it is one.
    static func schema(of contract: EventContract, called name: String) -> JSONValue {
        .object(members(of: contract, called: name))
    }

    private static func members(
        of contract: EventContract, called name: String
    ) -> [(key: String, value: JSONValue)] {
        [("title", .text(name)), ("description", .text(contract.meaning))] + object(contract.fields, called: name)
    }

    /// Consumers ignore fields they do not know, so that a version can add some: further fields are allowed.
    private static func object(
        _ fields: [ContractField], called name: String
    ) -> [(key: String, value: JSONValue)] {
        [
            ("type", .text("object")),
            ("properties", .object(fields.map { ($0.name, schema(of: $0, called: name)) })),
            ("required", .array(fields.filter(\.isRequired).map { .text($0.name) })),
        ]
    }

    private static func schema(of field: ContractField, called name: String) -> JSONValue {
        var schema: [(key: String, value: JSONValue)] = [("description", .text(field.meaning))]
        schema += rules(for: field.type, called: name)
        if field.isNullable, let index = schema.firstIndex(where: { $0.key == "type" }) {
            schema[index].value = .array([schema[index].value, .text("null")])
        }
        if field.isNullable, let index = schema.firstIndex(where: { $0.key == "enum" }),
            case .array(let words) = schema[index].value
        {
            schema[index].value = .array(words + [.null])
        }
        if field.since != .first { schema.append(("x-since", .text("\(field.since)"))) }
        if field.isPersonal { schema.append(("x-personal-data", .flag(true))) }
        return .object(schema)
    }

    private static func rules(
        for type: ContractType, called name: String
    ) -> [(key: String, value: JSONValue)] {
        func text(_ rules: (key: String, value: JSONValue)...) -> [(key: String, value: JSONValue)] {
            [("type", .text("string"))] + rules
        }
        switch type {
        case .uuid: return text(("format", .text("uuid")))
        case .moment: return text(("format", .text("date-time")))
        case .identifier: return text(("pattern", .text("^[!-~]{1,15}$")))
        case .currency: return text(("pattern", .text("^[A-Z]{3}$")))
        case .amount: return [("type", .text("number")), ("minimum", .integer(0))]
        case .count:
            return [("type", .text("integer")), ("minimum", .integer(1)), ("maximum", .integer(Int32.max))]
        case .flag: return [("type", .text("boolean"))]
        case .version: return text(("pattern", .text("^1\\.[1-9][0-9]{0,3}$")))
        case .eventName: return text(("const", .text(name)))
        case .oneOf(let words): return text(("enum", .array(words.map { .text($0) })))
        case .word(let words): return text(("examples", .array(words.map { .text($0) })))
        case .object(let fields): return object(fields, called: name)
        case .list(let fields):
            return [
                ("type", .text("array")), ("minItems", .integer(1)),
                ("items", .object(object(fields, called: name))),
            ]
        }
    }
}

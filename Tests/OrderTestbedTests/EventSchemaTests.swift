import Foundation
import Kafka
import Orders
import Testing

@testable import Harness
@testable import OrderTestbed

/// The schemas and AsyncAPI documents that are made from the contracts.
@Suite struct EventSchemaTests {
    private static func parse(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private static func schemas(blueprint: String? = nil) throws -> [String: JSONSchema] {
        try parse(OrderContracts.schemas(blueprint: blueprint)).mapValues {
            JSONSchema(schema: $0 as? [String: Any] ?? [:])
        }
    }

    private static func example(_ contract: EventContract) throws -> [String: Any] {
        try parse(String(decoding: EventCodec().encode(contract.example()), as: UTF8.self))
    }

    @Test(arguments: EventContract.all) func `an example fits its schema and no other`(contract: EventContract) throws {
        let example = try Self.example(contract)
        for (name, schema) in try Self.schemas() {
            let findings = schema.findings(in: example)
            #expect(findings.isEmpty == (name == contract.type.description), "\(name): \(findings)")
        }
    }

    @Test(arguments: EventContract.all) func `a schema refuses what the contract forbids`(
        contract: EventContract
    ) throws {
        let example = try Self.example(contract)
        let schema = try #require(try Self.schemas()[contract.type.description])
        for field in contract.fields where field.isRequired {
            #expect(!schema.findings(in: example.filter { $0.key != field.name }).isEmpty, "\(field.name)")
        }
        let payload = try #require(example["payload"] as? [String: Any])
        for field in contract.payload {
            func findings(_ value: Any?) -> [String] {
                var changed = example
                var inner = payload
                inner[field.name] = value
                changed["payload"] = inner
                return schema.findings(in: changed)
            }
            #expect(findings(nil).isEmpty == !field.isRequired, "\(field.name)")
            #expect(findings(NSNull()).isEmpty == field.isNullable, "\(field.name)")
            #expect(!findings(["no": "such"]).isEmpty, "\(field.name)")
            #expect(!findings(-1).isEmpty, "\(field.name)")
        }
    }

    @Test(arguments: BlueprintLibrary.names) func `what services publish in a run fits the schemas`(
        blueprint: String
    ) throws {
        var system = CorrectHistories.restless
        system.workload.statusUpdates = 0.5
        system.workload.declinedCards = 0.3
        system.workload.scarceProducts = 0.5
        system.stock.factor = 0.2
        system.blueprint = try #require(BlueprintLibrary.blueprint(blueprint))
        let schemas = try Self.schemas(blueprint: blueprint)
        #expect(Set(schemas.keys) == Set(system.blueprintInUse.publications.map(\.name)))
        var seen: Set<String> = []
        let history = QuietWorld.history(of: system)
        let stranger = Array(EventHeader.source(of: PoisonWriter.name).utf8)
        for case .appended(_, _, let record) in history.entries.map(\.event)
        where record.header(EventHeader.source) != stranger {
            let name = String(decoding: record.header(EventHeader.type) ?? [], as: UTF8.self)
            let event = try Self.parse(String(decoding: record.value ?? [], as: UTF8.self))
            #expect(try #require(schemas[name]).findings(in: event) == [])
            seen.insert(name)
        }
        // Customers who want everything there is see to it that most of it is published.
        #expect(seen.count * 4 >= schemas.count * 3, "only \(seen.sorted())")
    }

    @Test(arguments: BlueprintLibrary.names) func `references in an AsyncAPI document lead somewhere`(
        blueprint: String
    ) throws {
        let document = try Self.parse(OrderContracts.asyncAPI(blueprint: blueprint))
        func resolve(_ reference: String) -> Any? {
            reference.dropFirst(2).split(separator: "/").reduce(document as Any?) { value, name in
                (value as? [String: Any])?[String(name)]
            }
        }
        func references(_ value: Any) -> [String] {
            if let list = value as? [Any] { return list.flatMap(references) }
            guard let object = value as? [String: Any] else { return [] }
            return object.flatMap { $0.key == "$ref" ? [$0.value as? String ?? ""] : references($0.value) }
        }
        let all = references(document)
        for reference in all { #expect(resolve(reference) != nil, "\(reference)") }
        let messages = try #require(resolve("#/components/messages") as? [String: Any])
        let published = try Self.schemas(blueprint: blueprint).keys
        #expect(Set(messages.keys) == Set(published).union(["DeadLetter"]))
        // In a channel, in the operation that sends it, and from there to headers and payload.
        #expect(all.count >= 4 * published.count)
    }

    @Test func `an unknown blueprint is refused with the names there are`() {
        let error = #expect(throws: InvalidScenario.self) {
            _ = try OrderContracts.asyncAPI(blueprint: "geocentric")
        }
        #expect(error.map { "\($0)" }?.contains("there is no blueprint of this name") == true)
    }
}

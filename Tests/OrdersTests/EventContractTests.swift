import Foundation
import Kafka
import Services
import Simulation
import Testing

@testable import Orders

/// The catalogue of events says what the codec does: nothing is in one and not in the other.
@Suite("Contracts of events") struct EventContractTests {
    static let codec = EventCodec()

    /// An event with every field that it can have, as JSON that can be changed.
    private static func json(_ contract: EventContract) throws -> [String: Any] {
        var event = contract.example()
        event.causation = event.correlation
        event.isReplay = true
        let object = try JSONSerialization.jsonObject(with: Data(codec.encode(event)))
        return try #require(object as? [String: Any])
    }

    private static func decode(_ json: [String: Any]) throws(Poison) -> Event {
        let data = (try? JSONSerialization.data(withJSONObject: json)) ?? Data()
        return try codec.decode([UInt8](data))
    }

    private static func poison(_ json: [String: Any]) -> String? {
        do {
            _ = try decode(json)
            return nil
        } catch {
            return error.kind
        }
    }

    /// Every field at every depth: of the envelope, of the payload, of the first element of lists.
    private static func paths(_ contract: EventContract) -> [(path: [String], field: ContractField)] {
        contract.fields.map { ([$0.name], $0) }
            + contract.payloadFields.map {
                (["payload"] + $0.path.split { ".[]".contains($0) }.map(String.init), $0.field)
            }
    }

    /// The value with something else, or nothing, where the path leads.
    private static func replacing(_ path: ArraySlice<String>, in value: Any, with other: Any?) -> Any {
        guard let name = path.first else { return other ?? value }
        if var list = value as? [Any] {
            list[0] = replacing(path, in: list[0], with: other)
            return list
        }
        guard var object = value as? [String: Any] else { return value }
        object[name] = path.count == 1 ? other : object[name].map { replacing(path.dropFirst(), in: $0, with: other) }
        return object
    }

    private static func replacing(_ path: [String], in json: [String: Any], with other: Any?) -> [String: Any] {
        replacing(path[...], in: json, with: other) as? [String: Any] ?? [:]
    }

    @Test func everyKindHasAContract() {
        #expect(EventContract.all.map(\.type) == EventType.allCases)
        for contract in EventContract.all {
            #expect(contract.example().type == contract.type)
            for (_, field) in Self.paths(contract) { #expect(field.meaning.hasSuffix("."), "\(field.name)") }
            #expect(contract.meaning.hasSuffix("."))
            #expect(Set(Self.paths(contract).map(\.path)).count == Self.paths(contract).count)
        }
    }

    @Test(arguments: EventContract.all) func theCodecWritesTheFieldsOfTheContract(contract: EventContract) throws {
        func names(_ value: Any, _ path: [String]) -> Set<[String]> {
            if let list = value as? [Any] { return list.map { names($0, path) }.reduce([]) { $0.union($1) } }
            guard let object = value as? [String: Any] else { return [] }
            return object.reduce([]) { $0.union([path + [$1.key]]).union(names($1.value, path + [$1.key])) }
        }
        #expect(try names(Self.json(contract), []) == Set(Self.paths(contract).map(\.path)))
    }

    @Test(arguments: EventContract.all) func whatIsRequiredMustBeThere(contract: EventContract) throws {
        let json = try Self.json(contract)
        #expect(Self.poison(json) == nil)
        for (path, field) in Self.paths(contract) {
            let without = Self.replacing(path, in: json, with: nil)
            #expect(Self.poison(without) == (field.isRequired ? "MissingField" : nil), "\(path)")
            let null = Self.replacing(path, in: json, with: NSNull())
            #expect(Self.poison(null) == (field.isNullable ? nil : "WrongType"), "\(path)")
        }
    }

    @Test(arguments: EventContract.all) func valuesHaveTheirType(contract: EventContract) throws {
        let json = try Self.json(contract)
        for (path, field) in Self.paths(contract) {
            let isNumber = [ContractType.amount, .count].contains(field.type)
            let others: [Any] = [isNumber ? "12" : 12, isNumber ? [12] : field.isList ? ["a": 1] : [["a": 1]]]
            for other in others {
                #expect(Self.poison(Self.replacing(path, in: json, with: other)) == "WrongType", "\(path): \(other)")
            }
            guard let senseless = field.senseless else { continue }
            let kind: String? = Self.poison(Self.replacing(path, in: json, with: senseless))
            #expect(
                kind
                    == (field.type == .eventName
                        ? "UnknownEvent" : field.type == .version ? "UnknownVersion" : "InvalidValue"))
        }
    }

    @Test(arguments: EventContract.all) func furtherFieldsArePassedOver(contract: EventContract) throws {
        let json = try Self.json(contract)
        let event = try Self.decode(json)
        for place in [[], ["payload"]] + (contract.type == .orderCreated ? [["payload", "items"]] : []) {
            let more: Any = ["a": [1, 2.5, NSNull()], "eventId": "x", "orderId": 7]
            #expect(try Self.decode(Self.replacing(place + ["note"], in: json, with: more)) == event)
        }
        var later = Self.replacing(["payload", "note"], in: json, with: "new in 1.2")
        later["version"] = "1.2"
        var expected = event
        expected.version = Event.Version(major: 1, minor: 2)
        #expect(try Self.decode(later) == expected)
    }

    @Test(arguments: EventContract.all) func thePreviousVersionIsUpcast(contract: EventContract) throws {
        let current = try Self.json(contract)
        var previous = current
        var upcast = current
        for (path, field) in Self.paths(contract) where field.since == .current {
            previous = Self.replacing(path, in: previous, with: nil)
            let before = try field.before.map {
                try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
            }
            upcast = Self.replacing(path, in: upcast, with: before)
        }
        previous["version"] = "1.0"
        let event = try Self.decode(previous)
        #expect(event.version == .current)
        #expect(event == (try Self.decode(upcast)))
        // What the version added was not there, and was not made up from nothing either.
        #expect(event != (try Self.decode(current)))
        // In the current version, the same is not enough.
        previous["version"] = "1.1"
        let added = Self.paths(contract).filter { $0.field.since == .current && $0.field.isRequired }
        #expect(Self.poison(previous) == (added.isEmpty ? nil : "MissingField"))
    }

    @Test(arguments: ["0.9", "2.0", "7.0", "10.0", "11", "1.", "one", ""])
    func otherVersionsAreNotRead(version: String) throws {
        for contract in EventContract.all {
            var json = try Self.json(contract)
            json["version"] = version
            #expect(Self.poison(json) == "UnknownVersion")
        }
    }
}

extension ContractField {
    fileprivate var isList: Bool { if case .list = type { true } else { false } }

    /// A value of the right type that makes no sense; nil where every value makes sense.
    fileprivate var senseless: Any? {
        switch type {
        case .uuid: "2f9d41c8"
        case .moment: "yesterday"
        case .identifier: "more than fifteen characters"
        case .currency: "euro"
        case .count: 0
        case .version: "9.0"
        case .eventName, .oneOf: "Nonsense"
        case .list: [Any]()
        case .amount: 0.001
        case .word, .flag, .object: nil
        }
    }
}

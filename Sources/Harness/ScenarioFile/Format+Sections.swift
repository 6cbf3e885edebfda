/// Formats of which files of other kinds than scenarios are made.
extension Format where Value: Sendable {
    /// One of some names, each of which stands for a value.
    package static func name(of values: [(name: String, value: Value)], _ expectation: String) -> Format
    where Value: Equatable {
        let names = values.map(\.name)
        return scalar(expectation, schema: .object([("enum", .array(names.map(JSONValue.text)))])) {
            spelling throws(Mismatch) in
            if let known = values.first(where: { $0.name == spelling }) { return known.value }
            let suggestion = Suggestion.forName(spelling, among: names).map { " – \($0)" } ?? ""
            throw Mismatch(
                message: "expected \(expectation), found '\(YAMLValue.shortened(spelling))'" + suggestion)
        } write: { value in
            .text(values.first { $0.value == value }?.name ?? "")
        }
    }

    /// A section with keys of its own, each of which may be left out. What is not said is as in `fallback`.
    package static func section(
        _ fields: [Field<Value>], else fallback: Value, _ expectation: String
    ) -> Format {
        let keys = KeyTree(fields)
        return Format(expectation: expectation, schema: keys.schema(defaults: fallback), isScalar: false) {
            value, reading in
            var result = fallback
            keys.read(value, into: &result, &reading)
            return result
        } write: { value in
            YAMLValue(.mapping(keys.write(value, omitting: fallback)))
        }
    }

    /// The same spelling, or nothing at all: `OrderCreated:` without a value.
    package func orNothing(_ expectation: String) -> Format<Value?> {
        let isNull = JSONValue.object([("type", .text("null"))])
        return Format<Value?>(
            expectation: expectation, schema: .object([("anyOf", .array([schema, isNull]))]), isScalar: isScalar
        ) { [read] value, reading in
            value.isNull ? .some(nil) : read(value, &reading).map { $0 }
        } write: { [write] value in
            value.map(write) ?? .plain("null")
        }
    }

    /// A list, or its only element without brackets.
    package static func oneOrMore<Element>(of element: Format<Element>, _ expectation: String) -> Format
    where Value == [Element] {
        let list = Format<[Element]>.list(of: element, expectation)
        return Format(
            expectation: expectation, schema: .object([("anyOf", .array([element.schema, list.schema]))]),
            isScalar: false
        ) { value, reading in
            if value.scalar == nil || value.isNull { return list.read(value, &reading) }
            return element.read(value, &reading).map { [$0] }
        } write: { elements in
            elements.count == 1 ? element.write(elements[0]) : list.write(elements)
        }
    }

    /// Values by names each of which stands for something, in the order of the file.
    package static func map<Key: Equatable & Sendable, Element>(
        from keys: [(name: String, value: Key)], _ kind: String, to element: Format<Element>, _ expectation: String
    ) -> Format where Value == [Pair<Key, Element>] {
        let names = keys.map(\.name)
        let properties = JSONValue.object(names.map { ($0, element.schema) })
        return Format(
            expectation: expectation,
            schema: .object([
                ("type", .text("object")), ("properties", properties), ("additionalProperties", .flag(false)),
            ]), isScalar: false
        ) { value, reading in
            if value.isNull { return [] }
            guard case .mapping(let entries) = value.content else {
                reading.report("expected \(expectation), found \(value.summary)", at: value.place)
                return nil
            }
            var result: [Pair<Key, Element>] = []
            for (key, part) in entries {
                guard let name = key.scalar, let known = keys.first(where: { $0.name == name }) else {
                    reading.report(
                        "there is no \(kind) \(key.summary)", at: key.place,
                        suggestion: key.scalar.flatMap { Suggestion.forName($0, among: names) })
                    continue
                }
                guard !result.contains(where: { $0.key == known.value }) else {
                    reading.report("given twice: '\(name)'", at: key.place, suggestion: "keep one of them")
                    continue
                }
                if let read = reading.descend(to: name, at: key.place, { element.read(part, &$0) }) {
                    result.append(Pair(key: known.value, value: read))
                }
            }
            return result
        } write: { pairs in
            .mapping(
                pairs.map { pair in
                    (keys.first { $0.value == pair.key }?.name ?? "", element.write(pair.value))
                })
        }
    }
}

/// A key and what stands under it.
package struct Pair<Key: Sendable, Value: Sendable>: Sendable {
    package var key: Key
    package var value: Value

    package init(key: Key, value: Value) {
        self.key = key
        self.value = value
    }
}

extension Pair: Equatable where Key: Equatable, Value: Equatable {}
extension Pair: Hashable where Key: Hashable, Value: Hashable {}

extension Format where Value == String {
    /// A number, a flag, a length of time, a name: taken as it is written.
    package static var anyScalar: Format {
        let schema = JSONValue.object([("type", .array(["string", "number", "boolean"].map(JSONValue.text)))])
        return scalar("a value", schema: schema) {
            $0
        } write: { value in
            Double(value) != nil || value == "true" || value == "false" ? .plain(value) : .text(value)
        }
    }
}

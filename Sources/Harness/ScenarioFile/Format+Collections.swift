extension Format {
    /// A list of values, each of one format.
    public static func list<Element>(
        of element: Format<Element>, _ expectation: String, isEmptyAllowed: Bool = true
    ) -> Format where Value == [Element] {
        var members: [(key: String, value: JSONValue)] = [("type", .text("array")), ("items", element.schema)]
        if !isEmptyAllowed { members.append(("minItems", .number("1"))) }
        return Format(expectation: expectation, schema: .object(members), isScalar: false) { value, reading in
            if value.isNull, isEmptyAllowed { return [] }
            guard case .sequence(let elements) = value.content, isEmptyAllowed || !elements.isEmpty else {
                reading.report("expected \(expectation), found \(value.summary)", at: value.place)
                return nil
            }
            var result: [Element] = []
            for (index, part) in elements.enumerated() {
                if let read = reading.descend(to: "\(index)", at: part.place, { element.read(part, &$0) }) {
                    result.append(read)
                }
            }
            return result
        } write: { elements in
            .sequence(elements.map(element.write))
        }
    }

    /// Values by names of the file's own, in the order of the file.
    public static func map<Element>(
        of element: Format<Element>, _ expectation: String
    ) -> Format where Value == [(name: String, value: Element)] {
        Format(
            expectation: expectation,
            schema: .object([("type", .text("object")), ("additionalProperties", element.schema)]), isScalar: false
        ) { value, reading in
            if value.isNull { return [] }
            guard case .mapping(let entries) = value.content else {
                reading.report("expected \(expectation), found \(value.summary)", at: value.place)
                return nil
            }
            var result: [(name: String, value: Element)] = []
            var seen: Set<String> = []
            for (key, part) in entries {
                guard let name = key.scalar, !name.isEmpty else {
                    reading.report("expected a name, found \(key.summary)", at: key.place)
                    continue
                }
                guard seen.insert(name).inserted else {
                    reading.report("given twice: '\(name)'", at: key.place, suggestion: "keep one of them")
                    continue
                }
                if let read = reading.descend(to: name, at: key.place, { element.read(part, &$0) }) {
                    result.append((name, read))
                }
            }
            return result
        } write: { entries in
            .mapping(entries.map { ($0.name, element.write($0.value)) })
        }
    }
}

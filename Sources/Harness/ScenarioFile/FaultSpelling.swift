import Simulation

/// How one kind of fault action is spelled: `crash-broker: {broker: 2, at: 2.4s, for: 800ms}`.
struct FaultSpelling: Sendable {
    let name: String
    /// One sentence.
    let documentation: String
    let required: [Field<FaultParameters>]
    let optional: [Field<FaultParameters>]
    let action: @Sendable (FaultParameters) -> FaultAction
    /// The parameters of an action of this kind; nil for another kind.
    let parameters: @Sendable (FaultAction) -> FaultParameters?
    private let keys: KeyTree<FaultParameters>
    private let requiredKeys: KeyTree<FaultParameters>
    private let optionalKeys: KeyTree<FaultParameters>

    /// `fill` sets the parameters from an action of this kind, and returns false for another kind.
    init(
        _ name: String, _ documentation: String, required: [Field<FaultParameters>],
        optional: [Field<FaultParameters>] = [], action: @escaping @Sendable (FaultParameters) -> FaultAction,
        fill: @escaping @Sendable (inout FaultParameters, FaultAction) -> Bool
    ) {
        self.name = name
        self.documentation = documentation
        self.required = required
        self.optional = optional
        self.action = action
        keys = KeyTree(required + optional)
        requiredKeys = KeyTree(required)
        optionalKeys = KeyTree(optional)
        parameters = { action in
            var parameters = FaultParameters()
            return fill(&parameters, action) ? parameters : nil
        }
    }

    var schema: JSONValue {
        let inner = keys.schema(defaults: FaultParameters(), required: required.map(\.path))
        return JSONValue.object([("description", .text(documentation))]).adding([
            ("type", inner[key: "type"]), ("properties", inner[key: "properties"]),
            ("required", inner[key: "required"]), ("additionalProperties", .flag(false)),
        ])
    }

    /// The action that the parameters describe; nil when they are wrong.
    func read(_ value: YAMLValue, _ reading: inout Reading) -> FaultAction? {
        let errors = reading.errors.count
        var parameters = FaultParameters()
        keys.read(value, into: &parameters, &reading)
        guard reading.errors.count == errors else { return nil }
        let missing = required.map(\.path).filter { !value.hasKey($0) }
        guard missing.isEmpty else {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            reading.report("\(name) needs \(names)", at: value.place)
            return nil
        }
        return action(parameters)
    }

    /// The action in YAML; nil when it is of another kind.
    func write(_ action: FaultAction) -> YAMLValue? {
        guard let parameters = parameters(action) else { return nil }
        let entries =
            requiredKeys.write(parameters, omitting: nil)
            + optionalKeys.write(parameters, omitting: FaultParameters())
        return .mapping([(name, YAMLValue(.mapping(entries)))])
    }
}

extension YAMLValue {
    fileprivate func hasKey(_ key: String) -> Bool {
        guard case .mapping(let entries) = content else { return false }
        return entries.contains { $0.key.scalar == key }
    }
}

extension Format<FaultAction> {
    /// One action of a plan.
    static var faultAction: Format {
        let expectation = "a fault action, such as crash-broker: {broker: 2, at: 2.4s, for: 800ms}"
        let schema = JSONValue.object([
            ("type", .text("object")),
            ("properties", .object(FaultSpelling.all.map { ($0.name, $0.schema) })),
            ("minProperties", .number("1")), ("maxProperties", .number("1")), ("additionalProperties", .flag(false)),
        ])
        return Format(expectation: expectation, schema: schema, isScalar: false) { value, reading in
            guard case .mapping(let entries) = value.content, entries.count == 1, let name = entries[0].key.scalar
            else {
                reading.report("expected \(expectation), found \(value.summary)", at: value.place)
                return nil
            }
            guard let spelling = FaultSpelling.all.first(where: { $0.name == name }) else {
                reading.report(
                    "unknown fault action '\(YAMLValue.shortened(name))'", at: entries[0].key.place,
                    suggestion: Suggestion.forName(name, among: FaultSpelling.all.map(\.name)))
                return nil
            }
            return spelling.read(entries[0].value, &reading)
        } write: { action in
            for spelling in FaultSpelling.all {
                if let value = spelling.write(action) { return value }
            }
            preconditionFailure("the table of fault actions has no spelling for \(action)")
        }
    }
}

extension FaultAction {
    /// As a scenario file spells it: `crash-broker: {broker: 2, at: 2.4s, for: 800ms}`.
    public var spelling: String {
        guard case .mapping(let entries) = Format<FaultAction>.faultAction.write(self).content else { return "" }
        return entries.map { "\(YAMLWriter.inline($0.key)): \(YAMLWriter.inline($0.value))" }.joined()
    }

    /// Reads an action as a plan spells it, and checks it against the scenario that it is for.
    ///
    /// - Throws: what is wrong with it, with suggestions.
    public static func parse(_ text: String, for scenario: Scenario) throws(InvalidScenario) -> FaultAction {
        let list = text.hasPrefix("{") ? "[\(text)]" : "[{\(text)}]"
        let read = try ScenarioFile.parse(
            text: ScenarioFile.write(scenario), file: "scenario.yaml", system: type(of: scenario.system),
            overrides: [("plan", list)])
        guard let action = read.plan.first else {
            throw InvalidScenario([ScenarioError(file: "--", message: "'\(text)' is no fault action")])
        }
        return action
    }

    /// What scenario files call this kind of fault: `crash-broker`.
    public var kind: String {
        guard let spelling = FaultSpelling.all.first(where: { $0.parameters(self) != nil }) else {
            preconditionFailure("the table of fault actions has no spelling for \(self)")
        }
        return spelling.name
    }

    /// The same in JSON.
    package var json: JSONValue { Format<FaultAction>.faultAction.write(self).json }
}

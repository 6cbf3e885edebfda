/// The JSON Schema of scenario files (draft 2020-12), by which editors complete and check them.
public enum ScenarioSchema {
    /// The schema for scenarios of a system, indented, with a line break at the end.
    public static func json(for system: any SystemUnderTest.Type) -> String { schema(for: system).pretty }

    private static func schema<System: SystemUnderTest>(for system: System.Type) -> JSONValue {
        var defaults = Scenario(system: System())
        defaults.name = ""
        let keys = KeyTree(ScenarioFields.all(for: system)).schema(defaults: defaults)
        return JSONValue.object([
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("title", .text("Orrery scenario")),
            ("description", .text("What runs, on which cluster, and which faults strike.")),
        ]).adding([
            ("type", keys[key: "type"]), ("properties", keys[key: "properties"]),
            ("additionalProperties", keys[key: "additionalProperties"]),
        ])
    }
}

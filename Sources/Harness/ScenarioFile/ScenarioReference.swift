/// The reference page of scenario files, made from the same table as everything else about them.
public enum ScenarioReference {
    /// The page for scenarios of a system, in Markdown.
    public static func markdown(for system: any SystemUnderTest.Type) -> String { page(for: system) }

    private static func page<System: SystemUnderTest>(for system: System.Type) -> String {
        var defaults = Scenario(system: System())
        defaults.name = ""
        let fields = ScenarioFields.all(for: system)
        var sections: [(name: String, fields: [Field<Scenario>])] = []
        for field in fields {
            let section = field.path.split(separator: ".").dropLast().joined(separator: ".")
            if let index = sections.firstIndex(where: { $0.name == section }) {
                sections[index].fields.append(field)
            } else {
                sections.append((section, [field]))
            }
        }
        var page = introduction
        for (name, fields) in sections {
            page += name.isEmpty ? "\n## The file\n\n" : "\n## `\(name)`\n\n"
            page += "| key | value | default | meaning |\n|---|---|---|---|\n"
            for field in fields {
                let key = field.path.split(separator: ".").last.map(String.init) ?? field.path
                let fallback = field.write(defaults)
                let shown = fallback.isEmpty || fallback.scalar == "" ? "" : "`\(YAMLWriter.inline(fallback))`"
                page += "| `\(key)` | \(cell(field.expectation)) | \(shown) | \(cell(field.documentation)) |\n"
            }
        }
        return page + actions
    }

    private static let introduction = """
        # Scenario files

        <!-- Made by `orrery schema scenario --markdown`; a test compares the two. -->

        A scenario says what runs, on which cluster, and which faults strike. A run is decided by the scenario and a
        seed alone. Every key has a default; a key that does not exist is an error, with its line and the key that was
        probably meant. `orrery check FILE` says whether a file is right, and
        [`scenarios/scenario.schema.json`](../scenarios/scenario.schema.json) lets editors complete keys and show what
        they mean:

        ```yaml
        # yaml-language-server: $schema=scenario.schema.json
        purpose: A broker dies with its unflushed tail; nothing may be lost.
        faults: {until: 10s, duplicate-records: 0.05}
        plan:
          - crash-broker: {broker: 2, at: 2.4s, for: 800ms, losing: unflushed-tail}
        ```

        `orrery run FILE --set faults.duplicate-records=0.2` overrides any key; keys are joined with dots. Lengths of
        time have a unit: `ns`, `us`, `ms`, `s`, `min` or `h`. A range is written `50ms..1s`, or as one length. A rate
        is a number a second, `0.2/s`, or `3/min`.

        """

    private static var actions: String {
        var page = "\n## Fault actions\n\n"
        page +=
            "Each element of `plan` is one of these. A failing run is written down as a list of them, so that it can\n"
        page += "be replayed without rates. Machines are called `broker 2`, `payment/1` (an instance), `client`,\n"
        page += "`provider` and `stranger` (who writes poison).\n"
        for spelling in FaultSpelling.all {
            page += "\n### `\(spelling.name)`\n\n\(spelling.documentation)\n\n"
            page += "| parameter | value | meaning |\n|---|---|---|\n"
            for parameter in spelling.required {
                page += "| `\(parameter.path)` | \(cell(parameter.expectation)) | \(cell(parameter.documentation)) |\n"
            }
            for parameter in spelling.optional {
                let fallback = YAMLWriter.inline(parameter.write(FaultParameters()))
                page += "| `\(parameter.path)` | \(cell(parameter.expectation)), `\(fallback)` unless given | "
                page += "\(cell(parameter.documentation)) |\n"
            }
        }
        return page
    }

    /// Text for a cell of a table, in which a bar would end it.
    private static func cell(_ text: String) -> String { text.split(separator: "|").joined(separator: "\\|") }
}

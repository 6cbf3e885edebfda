import Harness

extension ComparisonTable {
    /// The version of the JSON object; it changes when a key changes its meaning or goes.
    public static let schemaVersion = 1

    /// The object that `--json` prints (docs/schemas/compare-result.schema.json).
    package var json: JSONValue {
        .object([
            ("schemaVersion", .integer(Self.schemaVersion)),
            ("seeds", .text(seeds)),
            ("designs", .array(columns.map(\.json))),
            ("faults", .array(rows.map(\.json))),
            (
                "cells",
                .array(
                    rows.indices.flatMap { row in
                        columns.indices.map { cells[row][$0].json(design: columns[$0].name, fault: rows[row].name) }
                    })
            ),
            ("replay", .text(reproduce)),
        ])
    }
}

extension ComparisonTable.Heading {
    fileprivate var json: JSONValue {
        .object([
            ("name", .text(name)), ("group", group.map(JSONValue.text) ?? .null), ("sentence", .text(sentence)),
            ("settings", .array(settings.map(JSONValue.text))),
        ])
    }
}

extension ComparisonTable.Cell {
    fileprivate func json(design: String, fault: String) -> JSONValue {
        let costs = amounts.map { amount in
            JSONValue.object([
                ("cost", .text(amount.name)), ("count", .integer(amount.count)), ("unit", .text(amount.unit)),
                ("harm", .flag(amount.isHarm)),
            ])
        }
        return .object([
            ("design", .text(design)), ("fault", .text(fault)), ("standing", .text(standing.rawValue)),
            ("reason", reason.map(JSONValue.text) ?? .null), ("runs", .integer(runs)),
            ("violatedRuns", .integer(violatedRuns)), ("orders", .integer(orders)), ("harmed", .integer(harmed)),
            ("costs", .array(costs)), ("counterexample", example?.json ?? .null), ("replay", .text(reproduce)),
        ])
    }
}

extension ComparisonExample {
    fileprivate var json: JSONValue {
        .object([
            ("report", .text(report)), ("replay", .text(replay)), ("seed", .integer(seed)),
            ("orders", .integer(orders)), ("faults", .integer(faults)), ("checker", .text(checker)),
            ("subject", .text(subject)), ("message", .text(message)),
        ])
    }
}

import Foundation

/// What is wrong between values of a file each of which is right by itself.
public struct Objection: Hashable, Sendable {
    /// Where: the path of keys, with dots.
    public var key: String
    /// One phrase.
    public var message: String
    /// What to do about it.
    public var suggestion: String?

    /// A finding, by its parts.
    public init(key: String, message: String, suggestion: String? = nil) {
        self.key = key
        self.message = message
        self.suggestion = suggestion
    }
}

/// Files of one kind: the keys they have, and what must hold between them. Scenario files are read by the same means.
package struct FieldFile<Root: Sendable>: Sendable {
    private let kind: String
    private let keys: KeyTree<Root>
    private let fields: [Field<Root>]
    private let check: @Sendable (Root) -> [Objection]

    /// `kind` is what errors call such a file: `blueprint`.
    package init(kind: String, fields: [Field<Root>], check: @escaping @Sendable (Root) -> [Objection]) {
        self.kind = kind
        self.fields = fields
        self.check = check
        keys = KeyTree(fields)
    }

    /// Reads a file into a root that holds the defaults.
    package func read(_ bytes: [UInt8], file: String, into fallback: Root) throws(InvalidScenario) -> Root {
        var reading = Reading(file: file)
        var root = fallback
        do throws(ScenarioError) {
            guard let value = try YAMLReader(file: file).read(bytes), !value.isNull else {
                throw ScenarioError(file: file, message: "the file is empty", suggestion: "is it a \(kind)?")
            }
            keys.read(value, into: &root, &reading)
        } catch {
            throw InvalidScenario([error])
        }
        report(on: root, under: "", &reading)
        guard reading.errors.isEmpty else { throw InvalidScenario(reading.sortedErrors) }
        return root
    }

    /// Reads what stands inside of another file, under a key. Nil when something is wrong with it.
    package func read(
        _ value: YAMLValue, at key: String, into fallback: Root, _ reading: inout Reading
    ) -> Root? {
        let before = reading.errors.count
        var root = fallback
        keys.read(value, into: &root, &reading)
        guard reading.errors.count == before else { return nil }
        report(on: root, under: key + ".", &reading)
        return reading.errors.count == before ? root : nil
    }

    /// Rules between values say nothing sensible of values that are wrong themselves.
    private func report(on root: Root, under prefix: String, _ reading: inout Reading) {
        guard reading.errors.isEmpty else { return }
        for finding in check(root) {
            reading.report(finding.message, atKey: prefix + finding.key, suggestion: finding.suggestion)
        }
    }

    /// The root as YAML; what equals the defaults is left out.
    package func write(_ root: Root, omitting defaults: Root) -> YAMLValue {
        YAMLValue(.mapping(keys.write(root, omitting: defaults)))
    }

    /// The same, as the text of a file.
    package func text(_ root: Root, omitting defaults: Root) -> String {
        var writer = YAMLWriter()
        writer.write(keys.write(root, omitting: defaults))
        return writer.text
    }

    /// A format for such a file as a value in another: either its keys, or a word that `resolve` understands. The schema
    /// of the keys is a file of its own, `KIND.schema.json`.
    package func format(
        at key: String, else defaults: Root, _ expectation: String,
        resolve: @escaping @Sendable (String, YAMLValue.Place) throws(InvalidScenario) -> Root,
        name: @escaping @Sendable (Root) -> String?
    ) -> Format<Root> {
        let word = JSONValue.object([("type", .text("string"))])
        return Format(
            expectation: expectation,
            schema: .object([("anyOf", .array([word, .object([("$ref", .text("\(kind).schema.json"))])]))]),
            isScalar: false
        ) { value, reading in
            guard let spelling = value.scalar, !value.isNull else {
                return read(value, at: key, into: defaults, &reading)
            }
            do throws(InvalidScenario) {
                return try resolve(spelling, value.place)
            } catch {
                for error in error.errors { reading.add(error) }
                return nil
            }
        } write: { root in
            name(root).map { .text($0) } ?? write(root, omitting: defaults)
        }
    }

    /// The JSON Schema of such files, with a line break at the end.
    package func schema(title: String, description: String, defaults: Root, required: [String]) -> String {
        let keys = keys.schema(defaults: defaults, required: required)
        return JSONValue.object([
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")), ("title", .text(title)),
            ("description", .text(description)),
        ]).adding([
            ("type", keys[key: "type"]), ("properties", keys[key: "properties"]), ("required", keys[key: "required"]),
            ("additionalProperties", keys[key: "additionalProperties"]),
        ]).pretty
    }

    /// The keys as a table in Markdown: `| key | value | meaning |`.
    package var table: String {
        var table = "| key | value | meaning |\n|---|---|---|\n"
        for field in fields {
            table += "| `\(field.path)` | \(field.expectation) | \(field.documentation) |\n"
        }
        return table
    }
}

/// What is read from disk, or at least so much of it that it is clear that it is too much.
package enum FileContents {
    /// The bytes of a file.
    package static func read(_ path: String) throws(ScenarioError) -> [UInt8] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ScenarioError(file: path, message: "there is no such file")
        }
        guard !isDirectory.boolValue else { throw ScenarioError(file: path, message: "is a directory, not a file") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ScenarioError(file: path, message: "cannot be opened for reading")
        }
        defer { try? handle.close() }
        do {
            return try Array(handle.read(upToCount: YAMLReader.sizeLimit + 1) ?? Data())
        } catch {
            throw ScenarioError(file: path, message: "cannot be read: \(error.localizedDescription)")
        }
    }
}

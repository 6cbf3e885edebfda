import Harness
import Orders

/// A blueprint as a file has it: the choreography, what it comes from, and its profiles.
public struct BlueprintFile: Sendable {
    /// A list of choices: keys of scenarios with values that hold where a scenario says nothing.
    public struct Profile: Hashable, Sendable {
        /// What scenario files and `--profile` call it.
        public var name: String
        /// Keys of a scenario and their values.
        public var choices: [Preset]
    }

    /// The choreography.
    public var blueprint: Blueprint
    /// The title of the document that it comes from; empty for none.
    public var document = ""
    /// What its document says, what it chooses, what it loses: a paragraph.
    public var about = ""
    /// The profiles that the file lists. `hardened` is there even where it is not listed.
    public var profiles: [Profile] = []
    /// The path of the user's file that it was read from; nil for one that comes with the program, and for one that a
    /// scenario holds.
    public var path: String?

    /// The profile with the safe defaults, which every blueprint has.
    public static let hardened = "hardened"

    /// The names of the profiles, `hardened` first.
    public var profileNames: [String] {
        [Self.hardened] + profiles.map(\.name).filter { $0 != Self.hardened }
    }

    /// A profile by its name.
    public func profile(_ name: String) -> Profile? {
        profiles.first { $0.name == name } ?? (name == Self.hardened ? Profile(name: name, choices: []) : nil)
    }
}

extension BlueprintFile {
    /// How scenarios name a blueprint: by its name, by the path of its file from the scenario's own, or by holding it. A
    /// user's file is written down whole, so that what is written runs without it.
    static let format = BlueprintParts.file.format(
        at: "blueprint", else: BlueprintParts(), "the name of a blueprint, a path, or a blueprint's keys"
    ) { word, place throws(InvalidScenario) in
        // What the command line says is meant from where it was called.
        let directory =
            place.line == nil
            ? ""
            : place.file.split(separator: "/", omittingEmptySubsequences: false)
                .dropLast().joined(separator: "/")
        var errors: [ScenarioError] = []
        do throws(InvalidScenario) {
            return BlueprintParts(try BlueprintLibrary.find(word, near: directory))
        } catch {
            errors = error.errors
        }
        // An error without a place is one of the word itself.
        throw InvalidScenario(
            errors.map { error in
                guard error.file == word, error.line == nil else { return error }
                return ScenarioError(
                    file: place.file, line: place.line, column: place.column,
                    message: "'\(word)': \(error.message)", suggestion: error.suggestion)
            })
    } name: { parts in
        BlueprintLibrary.blueprint(parts.name).flatMap { $0.blueprint == parts.blueprint ? parts.name : nil }
    }.map(to: { BlueprintFile($0, file: $0.path ?? "blueprint") }, from: { BlueprintParts($0) })

    /// Reads a file.
    public static func load(path: String) throws(InvalidScenario) -> BlueprintFile {
        let bytes: [UInt8]
        do throws(ScenarioError) {
            bytes = try FileContents.read(path)
        } catch {
            throw InvalidScenario([error])
        }
        let result = try parse(bytes, file: path, path: path)
        let errors = result.profileErrors
        guard errors.isEmpty else { throw InvalidScenario(errors) }
        return result
    }

    /// Reads a blueprint from text; `file` is what errors call it, and where the blueprint gets its name from.
    public static func parse(text: String, file: String) throws(InvalidScenario) -> BlueprintFile {
        try parse(Array(text.utf8), file: file, path: nil)
    }

    private static func parse(_ bytes: [UInt8], file: String, path: String?) throws(InvalidScenario) -> BlueprintFile {
        var parts = BlueprintParts()
        parts.name = name(of: file)
        parts.path = path
        return BlueprintFile(try BlueprintParts.file.read(bytes, file: file, into: parts), file: file)
    }

    /// What is wrong with the profiles: keys that scenarios do not have, values that do not fit.
    public var profileErrors: [ScenarioError] {
        profiles.flatMap { ScenarioFile.errors(in: $0.choices, system: OrderSystemUnderTest.self) }
    }

    /// `mine` for `blueprints/mine.yaml`.
    private static func name(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
        return String(last[..<dot])
    }
}

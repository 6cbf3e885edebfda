import Harness
import Orders

/// The blueprints that come with the program: the files of `scenarios/blueprints`, which are part of it.
public enum BlueprintLibrary {
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("shipping-only", PackageResources.shipping_only_yaml),
        ("inventory-first", PackageResources.inventory_first_yaml),
        ("payment-first", PackageResources.payment_first_yaml), ("parallel", PackageResources.parallel_yaml),
        ("cart", PackageResources.cart_yaml), ("standard", PackageResources.standard_yaml),
    ]

    private static let blueprints: [BlueprintFile] = files.map { name, bytes in
        do throws(InvalidScenario) {
            return try BlueprintFile.parse(text: String(decoding: bytes, as: UTF8.self), file: "\(name).yaml")
        } catch {
            preconditionFailure("the program's own blueprint is wrong: \(error)")
        }
    }

    /// Their names, in the order of the documents that they come from; `standard` is last.
    public static var names: [String] { files.map(\.name) }

    /// What runs where nobody asks for another.
    public static var fallback: BlueprintFile { blueprints[blueprints.count - 1] }

    /// All of them, in that order.
    public static var all: [BlueprintFile] { blueprints }

    /// The blueprint of a name.
    public static func blueprint(_ name: String) -> BlueprintFile? {
        files.firstIndex { $0.name == name }.map { blueprints[$0] }
    }

    /// The text of a blueprint's file.
    public static func text(of name: String) -> String? {
        files.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The blueprint that a word stands for: the name of one of these, or the path of a file.
    public static func find(_ reference: String, near directory: String = "") throws(InvalidScenario) -> BlueprintFile {
        if let known = blueprint(reference) { return known }
        guard isPath(reference) else {
            throw InvalidScenario([
                ScenarioError(
                    file: reference, message: "there is no blueprint of this name",
                    suggestion: suggestion(for: reference))
            ])
        }
        let isAbsolute = reference.hasPrefix("/")
        return try BlueprintFile.load(path: isAbsolute || directory.isEmpty ? reference : "\(directory)/\(reference)")
    }

    private static func isPath(_ reference: String) -> Bool {
        reference.contains("/") || reference.hasSuffix(".yaml") || reference.hasSuffix(".yml")
    }

    static func suggestion(for name: String) -> String {
        Suggestion.forName(name, among: names) ?? "choose from \(names.joined(separator: ", "))"
    }
}

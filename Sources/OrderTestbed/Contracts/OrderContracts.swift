import Harness
import Orders

/// The contracts of the order system's events, as documents. Blueprints are named as scenarios name them: one of those
/// that come with the program, or the path of a file.
public enum OrderContracts {
    /// A JSON object of schemas, one for each kind of event, under its name: those of a blueprint, or all there are.
    public static func schemas(blueprint name: String?) throws(InvalidScenario) -> String {
        guard let name else { return EventSchemas.schemas(of: nil).pretty }
        return EventSchemas.schemas(of: try BlueprintLibrary.find(name).blueprint).pretty
    }

    /// A blueprint as an AsyncAPI 3.0 document.
    public static func asyncAPI(blueprint name: String) throws(InvalidScenario) -> String {
        AsyncAPIDocument(blueprint: try BlueprintLibrary.find(name).blueprint).document.pretty
    }

    /// The reference page, in Markdown.
    public static func reference() -> String {
        EventReference(blueprints: BlueprintLibrary.all.map(\.blueprint)).markdown
    }
}

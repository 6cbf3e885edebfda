import Harness
import Orders

/// What is said of blueprint files in general: their JSON Schema, and the page of all blueprints.
public enum BlueprintReference {
    /// The JSON Schema by which editors complete and check blueprints.
    public static var schema: String {
        BlueprintParts.file.schema(
            title: "Orrery blueprint",
            description: "Which services take part, what triggers what, and what is called how.",
            defaults: BlueprintParts(), required: ["topics", "services", "events", "steps"])
    }

    /// The reference page, in Markdown.
    public static var markdown: String {
        var page = introduction + BlueprintParts.file.table + conclusion
        for file in BlueprintLibrary.all {
            let drawing = BlueprintDrawing(file)
            page += "\n## \(file.blueprint.name)\n\n\(file.blueprint.summary)"
            page += file.document.isEmpty ? "\n" : " After the document *\(file.document)*.\n"
            page += "\n" + BlueprintDrawing.wrapped(file.about, to: 120).joined(separator: "\n") + "\n"
            page += "\n```mermaid\n\(drawing.mermaid)```\n"
            page += choices(of: file)
        }
        return page
    }

    private static func choices(of file: BlueprintFile) -> String {
        let written = file.profileNames.filter { file.profile($0)?.choices.isEmpty == false }
        return written.map { name in
            let choices = (file.profile(name)?.choices ?? []).map { "`\($0.key): \($0.value)`" }
            return "\nProfile `\(name)`: \(choices.joined(separator: ", ")).\n"
        }.joined()
    }

    private static let introduction = """
        # Blueprints

        <!-- Made by `orrery schema blueprint --markdown`; a test compares the two. -->

        A blueprint says which services take part, what triggers which step, what takes it back, and what topics, consumer
        groups and events are called on the wire. The same services run all of them. Six come with the program; their files
        are in [`scenarios/blueprints`](../scenarios/blueprints), with the sentences of the documents that their choices
        come from.

        ```sh
        orrery blueprint                                                 # lists them
        orrery blueprint parallel                                        # draws one (--format mermaid, json)
        orrery run scenarios/everything.yaml --blueprint parallel        # runs it, with the choices that lose nothing
        orrery run scenarios/everything.yaml --blueprint parallel --profile as-written
        orrery run scenarios/everything.yaml --blueprint mine.yaml       # a copy that you have changed
        ```

        A scenario says `blueprint: parallel`, or the path of a file as seen from the scenario, or holds all the keys of a
        blueprint. A *profile* is a list of choices, each a key of [scenario files](scenario-files.md); what the scenario or
        `--set` says itself comes before it. `hardened`, the profile unless another is asked for, keeps the defaults, which
        lose nothing; `as-written` makes the choices of the blueprint's document.

        ## The file


        """

    private static let conclusion = """

        A blueprint that cannot work is refused with a sentence that says why: a step that nothing triggers or that is never
        reached from `OrderCreated`, steps that wait for each other, an order that can never end, and money or goods that
        nobody gives back when a step fails or the order is cancelled. Every case is tried: which steps are done, which have
        failed, and which have not begun.

        In the drawings, whole lines lead forward and broken lines back. Notifications and figures follow so many events that
        only their number stands there; `orrery blueprint NAME` lists all of them.

        """
}

/// One way to build the order system: a column of the comparison.
public struct Design: Sendable {
    /// What users choose it by and files are named after: letters, digits and dashes.
    public var name: String
    /// What several designs have in common, such as the blueprint that they are profiles of; nil for one that stands
    /// alone.
    public var group: String?
    /// What is special about it, in a sentence.
    public var sentence: String
    /// Keys of a scenario file, and what they are in this design.
    public var overrides: [(key: String, value: String)]

    /// A design, by its parts.
    public init(
        _ name: String, group: String? = nil, _ sentence: String, overrides: [(key: String, value: String)] = []
    ) {
        self.name = name
        self.group = group
        self.sentence = sentence
        self.overrides = overrides
    }
}

extension Design {
    /// The designs that can be chosen by name.
    public static let all: [Design] = compared + policies

    /// The designs that are compared when nobody asks for others, in the order of the columns: each document's blueprint
    /// as its document has it and with the safe choices, then the standard.
    public static let compared: [Design] = BlueprintLibrary.all.flatMap(profiles) + [standard]

    /// The defaults, beside which every other design is seen.
    public static let standard = Design("standard", BlueprintLibrary.fallback.about)

    /// What a group's designs have in common, as a few words; nil for a group of nobody's.
    public static func sentence(ofGroup name: String) -> String? {
        BlueprintLibrary.blueprint(name).map { file in
            file.document.isEmpty ? file.blueprint.summary : "\(file.blueprint.summary) From “\(file.document)”."
        }
    }

    /// The profiles of a blueprint that comes from a document; none of one that does not.
    private static func profiles(of file: BlueprintFile) -> [Design] {
        guard file.profile(asWritten) != nil else { return [] }
        return [
            profile(asWritten, of: file, file.about),
            profile(
                BlueprintFile.hardened, of: file,
                "The same services and events, and for each choice the one that loses nothing: outbox and inbox, "
                    + "idempotency keys, dead letters, compensation that does not give up, three replicas."),
        ]
    }

    private static let asWritten = "as-written"

    private static func profile(_ profile: String, of file: BlueprintFile, _ sentence: String) -> Design {
        let name = file.blueprint.name
        return Design(
            "\(name)-\(profile)", group: name, sentence, overrides: [("blueprint", name), ("profile", profile)])
    }

    /// The defaults with one choice made differently.
    private static let policies: [Design] = [
        policy(
            "no-deduplication", "deduplication=none",
            "Services do not recognise an event that they have processed before."),
        policy(
            "memory-deduplication", "deduplication=memory",
            "Services remember in memory what they have processed, and forget it when they restart."),
        policy(
            "dual-write", "publishing=dual-write",
            "Services write to their database and then to Kafka, without an outbox between the two."),
        policy(
            "commit-first", "offset-commit=before-processing",
            "Services tell Kafka that they have read a record before they have processed it."),
        policy(
            "auto-commit", "offset-commit=auto",
            "The Kafka client commits every few seconds what has been read, processed or not."),
        policy("skip-poison", "poison=skip", "Records that cannot be read are skipped without a trace."),
        policy("halt-on-poison", "poison=halt", "A record that cannot be read stops everything behind it."),
        policy(
            "ignore-early-events", "out-of-order=ignore",
            "Events that arrive before those they depend on are ignored."),
        policy(
            "retry-without-key", "provider-timeout=retry",
            "A payment without an answer is tried again as a new payment."),
        policy(
            "assume-declined", "provider-timeout=assume-declined",
            "A payment without an answer counts as declined."),
        policy(
            "retry-topics", "retry=retry-topics",
            "An event that cannot be handled now goes to a topic of its own, and later events pass it."),
        policy("no-retry", "retry=none", "An event that cannot be handled at once is never tried again."),
        policy("state-in-memory", "state=memory", "A service keeps in memory what it knows, without a database."),
    ]

    private static func policy(_ name: String, _ choice: String, _ sentence: String) -> Design {
        let parts = choice.split(separator: "=").map(String.init)
        return Design(name, sentence, overrides: [("policies.\(parts[0])", parts[1])])
    }
}

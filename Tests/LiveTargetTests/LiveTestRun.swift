import Foundation
import LiveTestSupport

/// What these tests run on, and whether they are wanted at all: they take minutes.
enum LiveTestTarget: String, CaseIterable, Sendable {
    case embedded
    case kafka

    private static let environment = ProcessInfo.processInfo.environment
    static let brokers = environment["ORRERY_KAFKA_BROKERS"]
    static let areWanted = brokers != nil || environment["ORRERY_LIVE_TESTS"] == "1"
    static let advice = "they take minutes: set ORRERY_LIVE_TESTS=1, or ORRERY_KAFKA_BROKERS to a cluster"
    /// The embedded broker, and Kafka where there is one.
    static let all: [LiveTestTarget] = brokers == nil ? [.embedded] : [.embedded, .kafka]

    /// `orrery-live`: the one that was built with the tests, unless another is named.
    static let program = environment["ORRERY_LIVE_PROGRAM"].map { URL(filePath: $0) } ?? Programs.url("orrery-live")

    var options: [String] {
        ["--target", rawValue] + (self == .kafka ? ["--brokers", Self.brokers ?? ""] : [])
    }
}

/// What `orrery-live run --json` says.
struct LiveResult: Decodable {
    struct Made: Decodable {
        var fault: String
        var count: Int
    }

    struct NotMade: Decodable {
        var fault: String
        var count: Int?
        var reason: String
    }

    struct Violation: Decodable {
        var checker: String
    }

    var verdict: String
    var faultsMade: [Made]
    var faultsNotMade: [NotMade]
    var unmetNeeds: [String]
    var violations: [Violation]
    var report: String?
    var stores: String?

    func made(_ fault: String) -> Int { faultsMade.first { $0.fault == fault }?.count ?? 0 }
}

/// A call of `orrery-live run`, as a user makes it, and what came of it.
struct LiveTestRun {
    let called: Called
    let result: LiveResult

    /// - Parameter scenario: a file of the project, `everything.yaml`.
    init(
        _ scenario: String, on target: LiveTestTarget, _ more: [String] = [], in directory: TemporaryDirectory
    ) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(components: "scenarios", scenario)
        called = try Called(
            ["run", file.path(), "--json"] + target.options + more, program: LiveTestTarget.program, in: directory)
        result = try JSONDecoder().decode(LiveResult.self, from: Data(called.output.utf8))
    }

    /// For whoever reads of a failure.
    var story: String { called.output + called.error.suffix(4_000) }
}

import Harness
import Reports

/// What an issue says of a finding: what broke, how often, what happened, how to see it again.
struct FindingText {
    /// The most faults, and the most seeds, that are told one by one; the report has all.
    private static let faultLimit = 10
    private static let seedLimit = 8

    private let finding: Finding
    private let runs: ScenarioRuns
    private let replay: [String]

    init(_ finding: Finding, in runs: ScenarioRuns, replay: [String]) {
        self.finding = finding
        self.runs = runs
        self.replay = replay
    }

    var text: String { (headline + faults + story + replayLines).joined(separator: "\n") }

    private var headline: [String] {
        let violation = finding.violation
        let sentence = finding.found.checks.first { $0.name == violation.checker }?.sentence ?? ""
        let others = Set(finding.found.violations.map(\.checker)).subtracting([violation.checker]).sorted()
        let seeds = runs.summaries.filter { $0.violations.contains { $0.checker == violation.checker } }.map(\.seed)
        let told = seeds.prefix(Self.seedLimit).map(String.init).joined(separator: ", ")
        let more = seeds.count > Self.seedLimit ? " and \(seeds.count - Self.seedLimit) more" : ""
        return [
            "\(violation.checker) is broken: \(sentence)",
            "Seed \(finding.found.seed) of \(runs.scenario.name), at \(violation.at.brief), \(violation.subject): "
                + violation.message,
            "\(seeds.count) of \(runs.count) seeds break it: \(told)\(more)",
        ] + (others.isEmpty ? [] : ["The run then breaks \(others.joined(separator: ", ")) as well."])
    }

    private var faults: [String] {
        let (faults, units) = (finding.minimal.faults, finding.minimal.unitsOfWork)
        guard let shrinking = finding.shrinking else { return ["\(faults.count) faults had struck in that run."] }
        let count = faults.isEmpty ? "no fault" : faults.count == 1 ? "one fault" : "\(faults.count) faults"
        let proof = shrinking.isMinimal ? " Nothing of that can be left out." : ""
        let sentences = faults.prefix(Self.faultLimit).map { "  \($0.sentence)" }
        let more = faults.count > Self.faultLimit ? ["  … and \(faults.count - Self.faultLimit) more"] : []
        return ["It takes \(count), and \(units) of \(finding.found.unitsOfWork) units of work.\(proof)"] + sentences
            + more
    }

    private var story: [String] {
        let steps = StoryText.lines(about: finding.violation, in: finding.minimal.history)
        guard !steps.isEmpty else { return decision }
        return ["What happened to \(finding.violation.subject):"] + steps.map { "  " + $0 } + decision
    }

    private var decision: [String] {
        guard let moment = finding.explanation?.lastSaved else { return [] }
        return ["Until \(moment.brief) it could be saved by leaving out the faults that were to come, later not."]
    }

    private var replayLines: [String] { ["Replay:"] + replay.map { "  " + $0 } }
}

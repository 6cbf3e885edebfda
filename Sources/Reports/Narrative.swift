import Harness
import Kafka
import Services
import Simulation

/// The story of a finding in a few sentences, made from the chain of what followed from what.
public struct Narrative: Sendable {
    /// What happened, a sentence each.
    public let sentences: [String]
    /// What made the difference, in a sentence; nil when no fault did.
    public let decision: String?

    /// The most things of a kind that one sentence tells one by one.
    private static let listLimit = 8

    /// Tells the shortest run of a finding.
    public init(_ finding: Finding) {
        let (run, violation) = (finding.minimal, finding.violation)
        let story = Story(of: violation, in: run.history)
        let faults = run.history.entries.compactMap { entry -> (at: Instant, action: FaultAction)? in
            if case .fault(let action) = entry.event { (entry.at, action) } else { nil }
        }
        let turn = finding.explanation?.decided ?? faults.first?.at
        let own = story.steps.filter(\.isOwn)
        decision = Self.decision(finding)
        var sentences: [String] = []
        if let first = own.first { sentences.append(Self.beginning(violation.subject, first)) }
        if let turn {
            let before = Self.records(own.filter { $0.at < turn })
            if !before.isEmpty { sentences.append("Until \(turn.brief) it went as planned: \(Self.list(before)).") }
        }
        let near = faults.filter { $0.at <= turn ?? violation.at }.suffix(Self.listLimit)
        if faults.count > near.count {
            sentences.append("Of \(faults.count) faults, these came last before it turned:")
        }
        sentences += near.map { "At \($0.at.brief), \($0.action.sentence)." }
        if let decision { sentences.append(decision) }
        let after = Self.records(own.filter { $0.at >= turn ?? .zero })
        if !after.isEmpty { sentences.append("\(turn == nil ? "What happened" : "Then"): \(Self.list(after)).") }
        sentences.append("At \(violation.at.brief), \(violation.checker) broke: \(violation.message)")
        if let good = finding.explanation?.good {
            sentences.append(Self.difference(good: good, bad: run, violation))
        }
        self.sentences = sentences
    }

    private static func beginning(_ subject: String, _ first: Story.Step) -> String {
        let who = first.from.map { "\($0) → \(first.to)" } ?? first.to
        return "The story of \(subject) begins at \(first.at.brief): \(who), \(first.what)."
    }

    private static func decision(_ finding: Finding) -> String? {
        guard let explanation = finding.explanation else { return nil }
        guard let decided = explanation.decided, let saved = explanation.lastSaved else {
            return finding.minimal.faults.isEmpty ? "It takes no fault." : "No fault made the difference."
        }
        let what = explanation.decisive.compactMap(Self.phrase).first.map { ", when \($0)" } ?? ""
        return """
            The outcome was decided at \(decided.brief)\(what): until \(saved.brief) it could be saved by mending \
            everything and sparing it what was still to come, afterwards not.
            """
    }

    /// What an entry says, as a clause.
    private static func phrase(_ entry: History.Entry) -> String? {
        switch entry.event {
        case .fault(let action): action.sentence
        case .instance(let name, let what): "\(name) \(what)"
        case .ledger(let item): "the provider booked a \(item.kind) for \(item.subject)"
        case .called(let service, let call): "\(service) called its provider for \(call.key), attempt \(call.attempt)"
        case .requested(let service, let request): "\(service) was asked \(request.method.rawValue) \(request.path)"
        case .answered(_, let response): "a client was answered \(response.status)"
        default: nil
        }
    }

    /// The events that were published among steps, and what the provider has booked, by their names.
    private static func records(_ steps: [Story.Step]) -> [String] {
        steps.compactMap { step in
            if let end = step.what.firstRange(of: ", partition") { return String(step.what[..<end.lowerBound]) }
            return step.from == nil && step.to == "provider" && step.isOwn ? step.what : nil
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(listLimit).joined(separator: ", ")
        return names.count > listLimit ? "\(shown) and \(names.count - listLimit) more" : shown
    }

    /// What the world that was spared has of the subject and the failing one has not, and the other way round.
    private static func difference(good: RunResult, bad: RunResult, _ violation: Violation) -> String {
        let spared = records(Story(of: violation, in: good.history).steps.filter(\.isOwn))
        let broken = records(Story(of: violation, in: bad.history).steps.filter(\.isOwn))
        let missing = spared.subtracting(broken)
        let extra = broken.subtracting(spared)
        var parts: [String] = []
        if !missing.isEmpty { parts.append("there was also \(list(missing))") }
        if !extra.isEmpty { parts.append("there was no \(list(extra))") }
        let what =
            parts.isEmpty ? "the same happened, in another order or at other times" : parts.joined(separator: ", and ")
        return "In the world that was spared, the invariant held: \(what)."
    }
}

extension Finding {
    /// The same with its story told.
    public var narrated: Finding {
        let narrative = Narrative(self)
        var finding = self
        finding.explanation = explanation ?? Explanation()
        finding.explanation?.decision = narrative.decision ?? ""
        finding.explanation?.sentences = narrative.sentences
        return finding
    }
}

extension [String] {
    /// What is left when each of the others takes one of its like away.
    fileprivate func subtracting(_ others: [String]) -> [String] {
        var rest = others
        return filter { name in
            guard let index = rest.firstIndex(of: name) else { return true }
            rest.remove(at: index)
            return false
        }
    }
}

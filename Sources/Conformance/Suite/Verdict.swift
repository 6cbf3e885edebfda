/// What came of a case on a target.
public enum Verdict: Hashable, Codable, Sendable {
    case asKafka
    /// Known and explained, and just as expected.
    case differs(because: String)
    case fails(expected: [String], seen: [String])
    case notApplicable(String)
    case skipped(String)

    /// Short, for tables and JSON.
    public var word: String {
        switch self {
        case .asKafka: "as Kafka"
        case .differs: "differs"
        case .fails: "FAILS"
        case .notApplicable: "not applicable"
        case .skipped: "skipped"
        }
    }

    /// Whether the suite must not pass.
    public var isFailure: Bool { if case .fails = self { true } else { false } }
}

extension ConformanceCase {
    /// Runs the program on a cluster of a target, and judges what it has noted.
    public func run(on target: TargetName, _ makeCluster: () throws -> any TestCluster) -> Verdict {
        if let reason = exclusions[target] { return .notApplicable(reason) }
        let cluster: any TestCluster
        do { cluster = try makeCluster() } catch {
            return .fails(expected: shows, seen: ["the cluster does not start: \(error)"])
        }
        defer { cluster.shutDown() }
        for ability in needs {
            if let reason = cluster.reasonToLack(ability) { return .notApplicable(reason) }
        }
        let lab = Lab(cluster)
        do {
            try body(lab)
        } catch let missing as NotApplicable {
            return .notApplicable(missing.reason)
        } catch {
            lab.see("stopped: \(error)")
        }
        return verdict(of: lab.notes, on: target)
    }

    /// An explained difference must be there: one that has gone is a failure too, until the explanation goes.
    func verdict(of notes: [String], on target: TargetName) -> Verdict {
        if let difference = differences[target] {
            return notes == difference.shows
                ? .differs(because: difference.because) : .fails(expected: difference.shows, seen: notes)
        }
        return notes == shows ? .asKafka : .fails(expected: shows, seen: notes)
    }
}

/// Why a blueprint cannot work, and what to do about it.
public struct BlueprintProblem: Error, Hashable, Sendable {
    /// Where, as a path of keys of the blueprint's file: `steps.charge.undo`.
    public var key: String
    /// Why it cannot work.
    public var message: String
    /// What to do.
    public var suggestion: String?

    /// A problem, by its parts.
    public init(at key: String, _ message: String, _ suggestion: String? = nil) {
        self.key = key
        self.message = message
        self.suggestion = suggestion
    }
}

extension Blueprint {
    /// Everything for which the blueprint cannot work, in a fixed order; empty for a sound one.
    ///
    /// What is said of the flow makes sense only of names that fit together, what is said of compensation only of a flow
    /// that reaches every step, and so on: each is looked at when those before it are in order.
    public var problems: [BlueprintProblem] {
        let stages: [() -> [BlueprintProblem]] = [
            { self.sizeProblems },
            { self.topicProblems + self.serviceProblems + self.publicationProblems + self.stepProblems },
            { self.cycleProblems }, { self.reachProblems }, { self.endingProblems }, { self.compensationProblems },
            { self.idleEventProblems },
        ]
        for stage in stages {
            let found = stage()
            if !found.isEmpty { return found }
        }
        return []
    }
}

extension Blueprint.StepKind {
    /// What it does to the world, for sentences: `step 'charge' takes money`.
    var deed: String {
        switch self {
        case .accept: "takes over orders"
        case .reserve: "reserves goods"
        case .charge: "takes money"
        case .validate: "looks for fraud"
        case .ship: "sends a parcel"
        case .notify: "tells customers"
        case .count: "counts"
        }
    }
}

/// `A`, `A and B`, `A, B and C`
func enumeration(_ names: [String], _ conjunction: String = "and") -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}

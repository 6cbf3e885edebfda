import ModelCheck

/// What the command says.
enum Text {
    /// `2400/10000 programs, 480/s`
    static func progress(_ done: Int, of total: Int, after time: Duration) -> String {
        "\(done)/\(total) programs, \(Int(Double(done) / max(time / .seconds(1), 0.001)))/s\n"
    }

    /// What was done and seen, a line each.
    static func summary(_ statistics: Statistics, after time: Duration) -> String {
        func counts(_ isMeant: (Action.Kind) -> Bool) -> String {
            Action.Kind.allCases.filter { isMeant($0) && statistics.actions[$0.rawValue] > 0 }
                .map { "\(words(of: $0)) \(statistics.actions[$0.rawValue])" }.joined(separator: ", ")
        }
        let lost = "messages lost \(statistics.lostMessages), delayed \(statistics.delayedMessages)"
        return """
            \(statistics.programs) programs, \(statistics.steps) steps, in \(tenths(time / .seconds(1))) s
            calls      \(counts { !$0.isFault })
            faults     \([counts(\.isFault), lost].filter { !$0.isEmpty }.joined(separator: ", "))
            records    produced \(statistics.produced), delivered \(statistics.delivered), failed \(statistics.failed), \
            consumed \(statistics.consumed)
            cluster    elections \(statistics.elections), truncations \(statistics.truncations), generations \
            \(statistics.generations), members put out \(statistics.evictions)
            simulated  \(statistics.events) events, \(tenths(statistics.virtualTime.seconds / 3_600)) h; in \
            \(statistics.excusedLosses) programs records were lost with as many disks as it takes
            """
    }

    /// `crashLosingTail` is `crash losing tail`.
    private static func words(of kind: Action.Kind) -> String {
        "\(kind)".reduce(into: "") { $0 += $1.isUppercase ? " \($1.lowercased())" : String($1) }
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

import Harness
import Services

/// What scenarios need.
enum Needs {
    /// What no live target has, a sentence each.
    static func ofEveryTarget(_ scenario: Scenario) -> [String] {
        guard scenario.system.policies.state == .memory else { return [] }
        return [
            "'policies.state: memory' cannot be had on a live target: services have a database there, and lose nothing when "
                + "a process of theirs dies; use orrery run"
        ]
    }
}

import Harness
import Services

/// What scenarios need.
enum Needs {
    /// What no live target has, a sentence each.
    static func ofEveryTarget(_ scenario: Scenario) -> [String] {
        guard scenario.system.policies.state == .memory else { return [] }
        return [
            "'policies.state: memory' needs services that lose what they know when one of their processes dies; on a live "
                + "target they have a database"
        ]
    }
}

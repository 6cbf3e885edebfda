import Simulation

/// How much a program, or many of them, made happen.
package struct Statistics: Sendable {
    package var programs = 0
    package var steps = 0
    /// By `Action.Kind`, the steps that did something.
    package var actions = Array(repeating: 0, count: Action.Kind.allCases.count)
    package var lostMessages = 0
    package var delayedMessages = 0
    package var events = 0
    package var virtualTime = Duration.zero
    package var produced = 0
    package var delivered = 0
    package var failed = 0
    package var consumed = 0
    package var commits = 0
    package var elections = 0
    package var truncations = 0
    package var generations = 0
    package var evictions = 0
    /// Programs in which committed records were lost with the disks of as many brokers as it takes.
    package var excusedLosses = 0

    package init() {}

    package static func += (left: inout Statistics, right: Statistics) {
        left.programs += right.programs
        left.steps += right.steps
        for index in left.actions.indices { left.actions[index] += right.actions[index] }
        left.lostMessages += right.lostMessages
        left.delayedMessages += right.delayedMessages
        left.events += right.events
        left.virtualTime = left.virtualTime + right.virtualTime
        left.produced += right.produced
        left.delivered += right.delivered
        left.failed += right.failed
        left.consumed += right.consumed
        left.commits += right.commits
        left.elections += right.elections
        left.truncations += right.truncations
        left.generations += right.generations
        left.evictions += right.evictions
        left.excusedLosses += right.excusedLosses
    }
}

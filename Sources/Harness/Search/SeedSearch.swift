/// Runs the scenario as it is, seed after seed: what every simulator does, and what other strategies are measured by.
public struct SeedSearch: Strategy {
    public let name = "seeds"
    private let space: SearchSpace
    private var count = 0

    public init(_ space: SearchSpace) { self.space = space }

    /// Runs the next seed.
    public mutating func next() throws -> Attempt? {
        let scenario = space.units.map { space.scenario(units: $0) } ?? space.scenario
        let run = try Runner.run(scenario, seed: space.seed(count))
        count += 1
        return Attempt(run: run, events: run.events)
    }
}

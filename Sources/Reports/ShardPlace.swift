/// Which part of a session that is spread over machines a run belongs to.
public struct ShardPlace: Hashable, Sendable, Codable {
    /// The shard's number, from 1, and how many there are.
    public var number: Int
    public var of: Int
    /// The run's number among those of all shards, from 1, and how many those are.
    public var run: Int
    public var runs: Int
    /// A hash of scenarios, seeds and overrides: the same in all shards of one session.
    public var plan: String

    public init(number: Int, of: Int, run: Int, runs: Int, plan: String) {
        self.number = number
        self.of = of
        self.run = run
        self.runs = runs
        self.plan = plan
    }
}

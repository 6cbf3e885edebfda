import ArgumentParser

/// `--shard 2/5`: the second of five parts of a session, which other machines have the rest of.
struct Shard: Equatable, Sendable {
    /// Everything.
    static let whole = Shard(number: 1, of: 1)

    /// From 1.
    let number: Int
    let of: Int

    init(number: Int, of: Int) {
        self.number = number
        self.of = of
    }

    init(parsing text: String) throws(ValidationError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let of = Int(parts[1]), (1...10_000).contains(of),
            (1...of).contains(number)
        else {
            throw ValidationError("'\(text.prefix(40))' is no shard: write 2/5 for the second of five.")
        }
        self.init(number: number, of: of)
    }

    var isWhole: Bool { of == 1 }

    /// How many of so many runs are in this shard: every n-th, so that long scenarios are spread over all.
    func count(of total: Int) -> Int { (total + of - number) / of }

    /// Which run of all is the one at an index of the shard.
    func position(of index: Int) -> Int { number - 1 + index * of }
}

import ArgumentParser

/// `--budget 5m`, `--for 2h`: how long runs may be started.
struct TimeBudget: Equatable, Sendable {
    let seconds: Double
    /// As it was written.
    let spelling: String

    init(parsing text: String) throws(ValidationError) {
        let units: [(String, Double)] = [("ms", 0.001), ("min", 60), ("s", 1), ("m", 60), ("h", 3600)]
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
            let number = Double(text.dropLast(unit.count)), number > 0, number < 1e6
        else {
            throw ValidationError("'\(text.prefix(40))' is no length of time: write 90s, 5m or 2h.")
        }
        seconds = number * factor
        spelling = text
    }
}

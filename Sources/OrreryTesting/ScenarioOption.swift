import Harness
import Testing

/// How scenarios are run: of a test, or of all tests of a suite. What stands at the test wins.
public struct ScenarioOption: TestTrait, SuiteTrait {
    enum Choice: Sendable {
        case seeds(Seeds)
        case system(any SystemUnderTest.Type)
        case directory(String)
        case setting(key: String, value: String)
        case reports(String)
        case breaks(String)
        case mayBeInconclusive
        case keepsLong
    }

    let choice: Choice

    /// Holds for the tests of suites within the suite, too.
    public var isRecursive: Bool { true }
}

extension Trait where Self == ScenarioOption {
    /// The seeds that scenarios are run with; the scenario's own, or 1, unless given.
    public static func seeds(_ seeds: ClosedRange<some FixedWidthInteger>) -> Self {
        let range = seed(from: seeds.lowerBound)...seed(from: seeds.upperBound)
        return ScenarioOption(choice: .seeds(Seeds(range)))
    }

    /// The seeds, one by one: `.seeds(3, 8, 17)`.
    public static func seeds<Seed: FixedWidthInteger>(_ first: Seed, _ second: Seed, _ more: Seed...) -> Self {
        ScenarioOption(choice: .seeds(Seeds(listed: ([first, second] + more).map { seed(from: $0) })))
    }

    /// A single seed.
    public static func seed(_ seed: some FixedWidthInteger) -> Self {
        ScenarioOption(choice: .seeds(Seeds(Self.seed(from: seed))))
    }

    // Generic, since the literals in the arguments of a macro are of type Int before they meet a parameter.
    private static func seed(from number: some FixedWidthInteger) -> UInt64 {
        precondition(number >= 0, "a seed is not negative, as \(number) is")
        return UInt64(number)
    }

    /// Whose scenarios they are.
    public static func system(_ system: any SystemUnderTest.Type) -> Self { ScenarioOption(choice: .system(system)) }

    /// Where scenario files are, from the root of the package; `scenarios` unless given.
    public static func scenarios(in directory: String) -> Self { ScenarioOption(choice: .directory(directory)) }

    /// Gives a key of the scenario another value, as `--set` of the command line does.
    ///
    ///     @Test(.scenario("duplicates"), .setting("policies.deduplication", to: "none"), .breaks("credited-once"))
    public static func setting(_ key: String, to value: String) -> Self {
        ScenarioOption(choice: .setting(key: key, value: value))
    }

    /// Writes the reports on broken runs into a directory, from the root of the package, beside attaching them.
    public static func reports(in directory: String) -> Self { ScenarioOption(choice: .reports(directory)) }

    /// Expects that some seed breaks the invariant, and takes it for an issue if none does: a planted defect shows that a
    /// checker sees what it is there for. Once it is broken, no further seed is run.
    public static func breaks(_ checker: String) -> Self { ScenarioOption(choice: .breaks(checker)) }

    /// Tells of broken runs as they were found, and does not look for shorter ones: where that takes too long.
    public static var unshrunk: Self { ScenarioOption(choice: .keepsLong) }

    /// Lets runs pass in which nothing was seen from which one could tell.
    public static var allowingInconclusive: Self { ScenarioOption(choice: .mayBeInconclusive) }
}

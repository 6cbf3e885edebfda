import Conformance
import Testing

/// The suite on the virtual cluster: what `make conformance` shows in its first column.
@Suite struct SuiteTests {
    @Test("As in Kafka", arguments: Suite.cases)
    func asInKafka(_ candidate: ConformanceCase) {
        let verdict = candidate.run(on: .virtual) { Virtual.makeCluster() }
        if case .fails(let expected, let seen) = verdict {
            Issue.record("\(candidate.rule) Expected: \(expected). Seen: \(seen).")
        }
        #expect(verdict == .asKafka)
    }

    @Test("Every case has its own name, a rule that says where it comes from, and something to show")
    func casesAreWellFormed() {
        let ids = Suite.cases.map(\.id)
        #expect(Set(ids).count == ids.count)
        for candidate in Suite.cases {
            #expect(candidate.rule.count > 20 && candidate.rule.hasSuffix("."), "\(candidate.id)")
            #expect(!candidate.shows.isEmpty, "\(candidate.id)")
            #expect(candidate.differences[.virtual] == nil, "the virtual cluster has no excuse: \(candidate.id)")
            #expect(candidate.differences[.kafka] == nil, "Kafka is right by definition: \(candidate.id)")
            for difference in candidate.differences.values {
                #expect(difference.shows != candidate.shows, "\(candidate.id) explains what is no difference")
                #expect(difference.because.count > 20, "\(candidate.id)")
            }
        }
    }
}

extension ConformanceCase: CustomTestStringConvertible {
    public var testDescription: String { id }
}

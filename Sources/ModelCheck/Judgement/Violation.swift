import Simulation

/// What a program has brought to light.
package struct Violation: Sendable {
    /// The same for the same mistake in other places, at other times: a program is made shorter only as long as this
    /// stays.
    package var kind: String
    package var sentence: String
    /// Since the program's beginning.
    package var at: Duration

    /// One of the cluster's own complaints: its kind is its sentence without names and numbers.
    init(complaint: String, at moment: Duration) {
        kind = complaint.split(separator: " ").filter { word in
            !word.contains { $0.isNumber } && !word.hasSuffix(":")
        }.joined(separator: " ")
        sentence = complaint
        at = moment
    }

    init(_ finding: Finding, at moment: Duration) {
        kind = finding.kind.rawValue
        sentence = finding.sentence
        at = moment
    }
}

/// A disagreement between the cluster and the reference model.
struct Finding {
    enum Kind: String {
        case unknownRecord = "a record that nobody sent"
        case lostRecord = "an acknowledged record is lost"
        case wrongOffset = "a record is not where its report says"
        case duplicate = "an idempotent producer's record is there twice"
        case disorder = "an idempotent producer's records are out of order"
        case gap = "the log has a gap"
        case misread = "a consumer read something else than the log holds"
        case wrongStart = "a consumer began at an offset that was not committed"
        case strayRecords = "records for a consumer that does not own the partition"
        case lostCommit = "an acknowledged commit is lost"
        case zombieCommit = "a commit of an older generation is acknowledged"
        case sharedPartition = "a partition has two owners in one generation"
        case standstill = "the cluster does not come to rest"
        case stalledClock = "the clock does not advance"
    }

    var kind: Kind
    var sentence: String

    init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = "\(kind.rawValue): \(sentence)"
    }
}

import Harness
import Kafka
import Simulation

/// One run as pictures and trace files show it: lanes, what passed between them, what lasted, and what stood where at
/// which moment.
struct Recording {
    /// Somebody who takes part.
    struct Lane: Equatable {
        enum Kind: String { case client, instance, store, broker, provider, stranger }
        var name: String
        var kind: Kind
        /// What lanes of one service have in common; its own name where it is none.
        var family: String
    }

    /// What an arrow carries; a record is one message, however many read it.
    struct Message {
        enum Kind: String, CaseIterable { case request, answer, record, commit, call, callAnswer }
        var kind: Kind
        var title: String
        /// Content, JSON for example.
        var detail = ""
        /// Orders, for example, by their places in `subjects`.
        var subjects: [Int] = []
        /// Where a record stands: the partition's place in `partitions`, and the offset.
        var place: (partition: Int, offset: Int64)?
        /// When it was there: appended, for a record.
        var at: Instant
    }

    /// A message on its way.
    struct Arrow {
        /// Whether a reader got a record, rather than that it was written.
        var isRead = false
        /// It never arrived.
        var isLost = false
        var message: Int
        var from: Int
        var to: Int
        var start: Instant
        var end: Instant
    }

    /// Something that lasted.
    struct Span {
        enum Kind: String { case down, fault, transaction }
        var kind: Kind
        var lane: Int
        var start: Instant
        var end: Instant
        var title: String
    }

    /// Something that happened in a moment.
    struct Mark {
        enum Kind: String { case fault, life, cluster, ledger }
        var kind: Kind
        /// Nil for what happened to nobody in particular.
        var lane: Int?
        var at: Instant
        var title: String
        var subjects: [Int] = []
    }

    /// A row of a store through the run; nil is that it was removed.
    struct RowTrack {
        var service: String
        var table: String
        var key: String
        var subjects: [Int] = []
        var versions: [(at: Instant, value: JSONValue?)] = []
    }

    /// A consumer group through the run.
    struct GroupTrack {
        var name: String
        var states: [(at: Instant, state: String, members: [GroupView.Member])] = []
        /// By partition's place: what was committed when.
        var offsets: [(partition: Int, at: Instant, committed: Int64)] = []
    }

    var lanes: [Lane] = []
    var messages: [Message] = []
    var arrows: [Arrow] = []
    var spans: [Span] = []
    var marks: [Mark] = []
    var rows: [RowTrack] = []
    var groups: [GroupTrack] = []
    /// `orders-0`
    var partitions: [String] = []
    /// Who leads each partition from when on, as lanes; nil is nobody.
    var leaders: [(partition: Int, at: Instant, lane: Int?)] = []
    /// What messages, rows and marks can be about: the keys of records, what was called for.
    var subjects: [String] = []
    var end = Instant.zero
    /// Whether somebody watched the world: else there are neither rows nor groups, and arrows begin where they end.
    var isWatched = false

    /// The lane of a name.
    func lane(_ name: String) -> Int? { lanes.firstIndex { $0.name == name } }
}

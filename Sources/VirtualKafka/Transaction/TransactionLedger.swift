import Kafka

/// What the coordinators have decided, as nobody in the cluster knows it: for invariants only.
struct TransactionLedger: Sendable {
    struct Decision: Equatable, Sendable {
        var producer: ProducerIdentity
        var isCommit: Bool
    }

    private struct Entry: Sendable {
        var last: Decision?
        var isComplete = true
        var partitions: [Int32] = []
        /// Where the marker of the last decision is replicated.
        var marked: [Int32] = []
    }

    /// By transactional id.
    private var entries: [Entry] = []
    /// Sentences about what must not happen.
    private(set) var broken: [String] = []

    /// A coordinator acts on a decision that is in its log, for the first time or again.
    mutating func decide(_ id: TransactionalID, _ metadata: TransactionMetadata) {
        makeRoom(id)
        let decision = Decision(producer: metadata.producer, isCommit: metadata.state == .prepareCommit)
        if !entries[id.index].isComplete {
            if entries[id.index].last != decision {
                complain("transaction of id \(id.index): decided again, and otherwise, before it was complete")
            }
            return
        }
        entries[id.index] = Entry(last: decision, isComplete: false, partitions: metadata.partitions)
    }

    /// A marker is replicated.
    mutating func mark(_ markers: TransactionMarkers, in partition: Int32) {
        let id = markers.transaction.id
        makeRoom(id)
        let decision = Decision(producer: markers.transaction.producer, isCommit: markers.isCommit)
        if entries[id.index].last != decision || !entries[id.index].partitions.contains(partition) {
            complain("transaction of id \(id.index): partition \(partition) has a marker that nobody decided")
        }
        if !entries[id.index].marked.contains(partition) { entries[id.index].marked.append(partition) }
    }

    /// A coordinator's log says that a transaction is over.
    mutating func complete(_ id: TransactionalID) {
        makeRoom(id)
        guard !entries[id.index].isComplete else { return }
        entries[id.index].isComplete = true
        let missing = entries[id.index].partitions.filter { !entries[id.index].marked.contains($0) }
        if !missing.isEmpty {
            complain("transaction of id \(id.index): complete, and partitions \(missing) have no marker")
        }
    }

    /// The log of an id's coordinator has lost what it said.
    mutating func forget(_ id: TransactionalID) {
        makeRoom(id)
        entries[id.index] = Entry()
    }

    private mutating func complain(_ sentence: String) {
        if broken.count < 10 { broken.append(sentence) }
    }

    private mutating func makeRoom(_ id: TransactionalID) {
        while entries.count <= id.index { entries.append(Entry()) }
    }
}

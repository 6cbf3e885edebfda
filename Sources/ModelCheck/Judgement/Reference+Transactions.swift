import VirtualKafka

extension Reference {
    /// What a transactional producer was handed between two ends of transactions.
    struct Transaction: Sendable {
        enum Fate: Sendable {
            case open
            case committed
            case aborted
            /// The process died after it had asked for the commit.
            case unknown
        }

        var client: ClientID
        var fate = Fate.open
        /// Before that, it cannot be committed.
        var isCommitAskedFor = false
    }

    func openTransaction(of client: ClientID) -> Int? {
        transactions.lastIndex { $0.client == client && $0.fate == .open }
    }

    mutating func concludeTransaction(of client: ClientID, _ fate: Transaction.Fate) {
        guard let index = openTransaction(of: client) else { return }
        transactions[index].fate = fate
    }

    /// Its process is gone. Nobody else can commit it: whoever takes its `transactional.id` aborts it, or else the
    /// coordinator, in time.
    mutating func abandonTransaction(of client: ClientID) {
        guard let index = openTransaction(of: client) else { return }
        transactions[index].fate = transactions[index].isCommitAskedFor ? .unknown : .aborted
    }
}

import Kafka
import Simulation
import VirtualKafka

/// Where a transactional producer's application is.
enum TransactionStage: Sendable {
    case initializing
    case ready
    case inTransaction
    case committing
    case aborting
}

extension Execution {
    mutating func initTransactions(_ number: Int) {
        guard let process = producers[number] else { return }
        producers[number]?.stage = .initializing
        act { $0.initTransactions(tag: 0, by: process.client, at: $1, into: &$2) }
    }

    /// Whether a producer can be handed a record: it begins a transaction if none is open.
    mutating func isInTransaction(_ number: Int) -> Bool {
        guard let process = producers[number] else { return false }
        switch process.stage {
        case .inTransaction: return true
        case .ready:
            guard cluster.beginTransaction(by: process.client) == nil else {
                giveUp(number)
                return false
            }
            producers[number]?.stage = .inTransaction
            reference.transactions.append(Reference.Transaction(client: process.client))
            return true
        default: return false
        }
    }

    mutating func endTransaction(by number: Int, commits: Bool) -> Bool {
        guard producers.indices.contains(number), let process = producers[number], !process.isFrozen,
            case .inTransaction = process.stage
        else { return false }
        end(number, commits: commits)
        return true
    }

    private mutating func end(_ number: Int, commits: Bool) {
        guard let process = producers[number] else { return }
        producers[number]?.stage = commits ? .committing : .aborting
        if commits {
            if let open = reference.openTransaction(of: process.client) {
                reference.transactions[open].isCommitAskedFor = true
            }
            act { $0.commitTransaction(tag: 0, by: process.client, at: $1, into: &$2) }
        } else {
            act { $0.abortTransaction(tag: 0, by: process.client, at: $1, into: &$2) }
        }
    }

    mutating func noteTransactionStep(of client: ClientID, _ error: TransactionError?) {
        guard let number = producers.firstIndex(where: { $0?.client == client }), let stage = producers[number]?.stage
        else { return }
        switch (error?.consequence, stage) {
        case (nil, .committing):
            statistics.transactions += 1
            reference.concludeTransaction(of: client, .committed)
            producers[number]?.stage = .ready
        case (nil, .aborting):
            reference.concludeTransaction(of: client, .aborted)
            producers[number]?.stage = .ready
        case (nil, _):
            producers[number]?.stage = .ready
        case (.retriable, .initializing): initTransactions(number)
        case (.retriable, _): end(number, commits: stage == .committing)
        case (.abortable, _): end(number, commits: false)
        case (.fatal, _): giveUp(number)
        case (.misuse, _):
            reference.findings.append(
                Finding(.refusedStep, "client \(client.rawValue), \(stage): \(error.map { "\($0.code)" } ?? "")"))
        }
    }

    /// The producer is of no use any more.
    private mutating func giveUp(_ number: Int) {
        guard let process = producers[number] else { return }
        producers[number] = nil
        act { $0.close(process.client, at: $1, into: &$2) }
        reference.abandonTransaction(of: process.client)
    }
}

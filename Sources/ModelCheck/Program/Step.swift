import Simulation
import VirtualKafka

/// Something that happens in a program: a call of a client, or a fault.
package struct Step: Hashable, Sendable {
    /// Since the program's beginning. It does not depend on other steps, so that they can be taken out.
    package var at: Duration
    package var action: Action

    package init(at: Duration, _ action: Action) {
        self.at = at
        self.action = action
    }
}

/// What a step does. Brokers, producers, consumers and topics are numbered from 0. What makes no sense at the moment, such
/// as stopping what is not running, does nothing.
package enum Action: Hashable, Sendable {
    /// A producer, started if it does not run, is handed so many records with this key; -1 for none.
    case produce(by: Int, topic: Int, key: Int, count: Int)
    /// A transactional producer ends its transaction. Producing begins the next one.
    case endTransaction(by: Int, commits: Bool)
    /// The process of a producer dies; the next step that needs it starts another one.
    case killProducer(Int)

    case startConsumer(Int)
    case closeConsumer(Int)
    case killConsumer(Int)
    /// A consumer commits what it has received, but for the last so many records of each partition.
    case commit(by: Int, behind: Int)
    /// Of all partitions that it holds.
    case pause(Int)
    case resume(Int)
    /// A consumer reads the last so many records of each partition again.
    case rewind(Int, records: Int)
    /// The application of a consumer does not poll, or polls again.
    case stopPolling(Int)
    case poll(Int)

    /// All records of a partition but the last ones are deleted.
    case deleteRecords(topic: Int, partition: Int, keeping: Int)
    /// A topic gets one more partition.
    case addPartition(topic: Int)

    case crash(broker: Int, losing: DiskLoss)
    case restart(broker: Int)
    /// In both directions.
    case cut(Machine, Machine)
    /// In one direction.
    case block(from: Machine, to: Machine)
    /// Every link is open again.
    case unblockAll
    /// The process is stopped; later it goes on where it was.
    case freeze(Machine)
    case thaw(Machine)
}

/// A process that links and stops concern.
package enum Machine: Hashable, Sendable {
    case broker(Int)
    case producer(Int)
    case consumer(Int)
}

extension Action {
    /// For counting.
    package enum Kind: Int, CaseIterable, Sendable {
        case produce, commitTransaction, abortTransaction, commit, pause, resume, rewind, stopPolling, poll
        case deleteRecords, addPartition
        case startConsumer, closeConsumer, killConsumer, killProducer
        case crash, crashLosingTail, crashLosingDisk, restart, cut, block, unblockAll, freeze, thaw

        /// Whether it does the cluster or its clients harm.
        package var isFault: Bool {
            switch self {
            case .killConsumer, .killProducer, .crash, .crashLosingTail, .crashLosingDisk, .cut, .block, .freeze: true
            default: false
            }
        }
    }

    package var kind: Kind {
        switch self {
        case .produce: .produce
        case .endTransaction(_, let commits): commits ? .commitTransaction : .abortTransaction
        case .killProducer: .killProducer
        case .startConsumer: .startConsumer
        case .closeConsumer: .closeConsumer
        case .killConsumer: .killConsumer
        case .commit: .commit
        case .pause: .pause
        case .resume: .resume
        case .rewind: .rewind
        case .stopPolling: .stopPolling
        case .poll: .poll
        case .deleteRecords: .deleteRecords
        case .addPartition: .addPartition
        case .crash(_, .nothing): .crash
        case .crash(_, .unflushedTail): .crashLosingTail
        case .crash(_, .everything): .crashLosingDisk
        case .restart: .restart
        case .cut: .cut
        case .block: .block
        case .unblockAll: .unblockAll
        case .freeze: .freeze
        case .thaw: .thaw
        }
    }
}

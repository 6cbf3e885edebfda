import Kafka
import Services
import Simulation
import VirtualKafka

/// What the driver keeps of the Kafka transaction that a process has open.
struct PublicationState: Sendable {
    /// The first record in it; what was held up in an earlier transaction is not sent any more.
    var firstTag: UInt64 = .max
    /// Records in it that a fault holds up: it is not committed without them.
    var heldUp = 0
    var isCommitWaiting = false
    /// Delivered; acknowledged only when the transaction is committed.
    var delivered: [(partition: TopicPartition, offset: Int64)] = []
}

/// Kafka transactions of service instances.
extension World {
    /// The steps as the cluster's notices name them.
    private enum Tag {
        static let initialise: UInt64 = 1
        static let sendOffsets: UInt64 = 2
        static let commit: UInt64 = 3
        static let abort: UInt64 = 4
    }

    mutating func beginPublication(of index: Int) {
        processes[index].publication = PublicationState()
        // What cannot begin has met a fatal error, of which the producer may not have had the occasion to tell.
        if cluster.beginTransaction(by: processes[index].producer) != nil { failed(index) }
    }

    mutating func carryOut(_ step: PublicationStep, of index: Int) {
        let producer = processes[index].producer
        switch step {
        case .initialise:
            cluster.initTransactions(tag: Tag.initialise, by: producer, at: now, into: &kafkaOutput)
        case .sendOffsets(let offsets):
            cluster.sendOffsets(
                offsets, ofConsumer: processes[index].consumer, tag: Tag.sendOffsets, by: producer, at: now,
                into: &kafkaOutput)
        case .commit:
            guard processes[index].publication.heldUp == 0 else {
                processes[index].publication.isCommitWaiting = true
                return
            }
            cluster.commitTransaction(tag: Tag.commit, by: producer, at: now, into: &kafkaOutput)
        case .abort:
            processes[index].publication = PublicationState()
            cluster.abortTransaction(tag: Tag.abort, by: producer, at: now, into: &kafkaOutput)
        }
    }

    /// The end of a step, as the instance is told it.
    mutating func publicationStepEnded(_ tag: UInt64, _ error: TransactionError?, of index: Int) -> Signal {
        switch tag {
        case Tag.initialise: return .publicationStep(.initialise, error)
        case Tag.sendOffsets: return .publicationStep(.sendOffsets([]), error)
        case Tag.abort: return .publicationStep(.abort, error)
        case Tag.commit:
            if error == nil {
                for (partition, offset) in processes[index].publication.delivered {
                    record(.acknowledged(partition, offset: offset, by: processes[index].name))
                }
                processes[index].publication = PublicationState()
            }
            return .publicationStep(.commit, error)
        default: preconditionFailure("a transaction's step \(tag) that nobody asked for")
        }
    }

    /// A record of the open transaction is held up by a fault.
    mutating func noteHeldUp(_ index: Int) {
        if isTransactional { processes[index].publication.heldUp += 1 }
    }

    /// Whether a record that was held up still belongs to something.
    mutating func isStillWanted(tag: UInt64, of index: Int) -> Bool {
        guard isTransactional else { return true }
        guard tag >= processes[index].publication.firstTag else { return false }
        processes[index].publication.heldUp -= 1
        return true
    }

    /// Everything that was held up is on its way: the commit can follow.
    mutating func commitIfWaiting(_ index: Int) {
        guard processes[index].publication.isCommitWaiting, processes[index].publication.heldUp == 0 else { return }
        processes[index].publication.isCommitWaiting = false
        carryOut(.commit, of: index)
    }
}

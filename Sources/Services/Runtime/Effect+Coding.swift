import Kafka
import Simulation

/// An offset of a partition, where a pair cannot be coded.
private struct PartitionOffset: Codable {
    var partition: TopicPartition
    var offset: Int64

    init(_ pair: (TopicPartition, Int64)) { (partition, offset) = pair }

    var pair: (TopicPartition, Int64) { (partition, offset) }
}

extension PublicationStep: Codable {
    private enum Form: Codable {
        case initialise
        case sendOffsets([PartitionOffset])
        case commit, abort
    }

    public func encode(to encoder: any Encoder) throws {
        let form: Form =
            switch self {
            case .initialise: .initialise
            case .sendOffsets(let offsets): .sendOffsets(offsets.map(PartitionOffset.init))
            case .commit: .commit
            case .abort: .abort
            }
        try form.encode(to: encoder)
    }

    public init(from decoder: any Decoder) throws {
        self =
            switch try Form(from: decoder) {
            case .initialise: .initialise
            case .sendOffsets(let offsets): .sendOffsets(offsets.map(\.pair))
            case .commit: .commit
            case .abort: .abort
            }
    }
}

extension Effect: Codable {
    private enum Form: Codable {
        case transact(Batch)
        case produce(tag: UInt64, TopicID, Record)
        case commitOffsets([PartitionOffset])
        case beginPublication
        case publication(PublicationStep)
        case pause([TopicPartition])
        case resume([TopicPartition])
        case finishRevocation
        case setTimer(Timer, at: Instant)
        case call(ProviderCall)
        case respond(id: UInt64, Response)
        case stopped
        case failed(ErrorCode)
    }

    public func encode(to encoder: any Encoder) throws {
        let form: Form =
            switch self {
            case .transact(let batch): .transact(batch)
            case .produce(let tag, let topic, let record): .produce(tag: tag, topic, record)
            case .commitOffsets(let offsets): .commitOffsets(offsets.map(PartitionOffset.init))
            case .beginPublication: .beginPublication
            case .publication(let step): .publication(step)
            case .pause(let partitions): .pause(partitions)
            case .resume(let partitions): .resume(partitions)
            case .finishRevocation: .finishRevocation
            case .setTimer(let timer, let moment): .setTimer(timer, at: moment)
            case .call(let call): .call(call)
            case .respond(let id, let response): .respond(id: id, response)
            case .stopped: .stopped
            case .failed(let error): .failed(error)
            }
        try form.encode(to: encoder)
    }

    public init(from decoder: any Decoder) throws {
        self =
            switch try Form(from: decoder) {
            case .transact(let batch): .transact(batch)
            case .produce(let tag, let topic, let record): .produce(tag: tag, topic, record)
            case .commitOffsets(let offsets): .commitOffsets(offsets.map(\.pair))
            case .beginPublication: .beginPublication
            case .publication(let step): .publication(step)
            case .pause(let partitions): .pause(partitions)
            case .resume(let partitions): .resume(partitions)
            case .finishRevocation: .finishRevocation
            case .setTimer(let timer, let moment): .setTimer(timer, at: moment)
            case .call(let call): .call(call)
            case .respond(let id, let response): .respond(id: id, response)
            case .stopped: .stopped
            case .failed(let error): .failed(error)
            }
    }
}

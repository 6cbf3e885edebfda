import Kafka
import Simulation
import VirtualKafka

final class VirtualTestProducer: TestProducer, NoticeListener {
    private let cluster: VirtualTestCluster
    let node: NodeID
    private var client = ClientID(rawValue: -1)
    private var nextTag: UInt64 = 1
    /// By tag, where a message was to go: a report about a failure does not say.
    private var destinations: [UInt64: NamedPartition] = [:]
    private(set) var reports: [Report] = []
    /// By tag, what came of a step of a transaction.
    private var steps: [UInt64: TransactionError?] = [:]
    private(set) var failures: [CallFailure] = []

    init(_ cluster: VirtualTestCluster, _ node: NodeID, _ properties: ClientProperties) {
        self.cluster = cluster
        self.node = node
        client = cluster.begin(self) { $0.addProducer(on: node, properties: properties, at: $1, into: &$2) }
    }

    func receive(_ notice: ClientNotice) {
        switch notice {
        case .delivered(let tag, let partition, let offset):
            reports.append(
                Report(
                    tag: tag, partition: cluster.named(partition), offset: offset >= 0 ? offset : nil, failure: nil))
        case .deliveryFailed(let tag, let error):
            let partition = destinations[tag] ?? NamedPartition("", -1)
            reports.append(Report(tag: tag, partition: partition, offset: nil, failure: CallFailure(error)))
        case .transactionStep(let tag, let error):
            steps.updateValue(error, forKey: tag)
        case .fatal(let error):
            failures.append(CallFailure(code: Int(error.rawValue), isFatal: true))
        case .error(let error, _):
            failures.append(CallFailure(error))
        default:
            break
        }
    }

    func produce(_ record: Record, to topic: String, partition: Int32?) throws -> UInt64 {
        let id = cluster.topicID(topic)
        let tag = nextTag
        nextTag += 1
        destinations[tag] = NamedPartition(topic, partition ?? -1)
        let known = reports.count
        cluster.act { [client] in
            $0.produce(record, to: id, partition: partition, tag: tag, by: client, at: $1, into: &$2)
        }
        // librdkafka refuses at once what the virtual producer reports at once.
        if reports.count > known, let last = reports.last, last.tag == tag, let failure = last.failure {
            reports.removeLast()
            throw failure
        }
        return tag
    }

    func close() { cluster.act { [client] in $0.close(client, at: $1, into: &$2) } }

    // MARK: Transactions

    func initTransactions(within limit: Swift.Duration) throws {
        try step { $0.initTransactions(tag: $1, timeout: .init(limit), by: $2, at: $3, into: &$4) }
    }

    func beginTransaction() throws {
        if let error = cluster.act({ [client] cluster, _, _ in cluster.beginTransaction(by: client) }) {
            throw CallFailure(error)
        }
    }

    func sendOffsets(
        _ offsets: [(NamedPartition, Int64)], of consumer: any TestConsumer, within limit: Swift.Duration
    ) throws {
        guard let reader = (consumer as? VirtualTestConsumer)?.client else {
            preconditionFailure("a consumer of another cluster, or one that has not begun")
        }
        let offsets = offsets.map { (cluster.partition($0.0), $0.1) }
        try step {
            $0.sendOffsets(offsets, ofConsumer: reader, tag: $1, timeout: .init(limit), by: $2, at: $3, into: &$4)
        }
    }

    func commitTransaction(within limit: Swift.Duration) throws {
        try step { $0.commitTransaction(tag: $1, timeout: .init(limit), by: $2, at: $3, into: &$4) }
    }

    func abortTransaction(within limit: Swift.Duration) throws {
        try step { $0.abortTransaction(tag: $1, timeout: .init(limit), by: $2, at: $3, into: &$4) }
    }

    /// Calls, and waits for what came of it: the cluster minds the time limit.
    private func step(
        _ body: (inout VirtualCluster, _ tag: UInt64, ClientID, Instant, inout KafkaOutput) -> Void
    ) throws {
        let tag = nextTag
        nextTag += 1
        cluster.act { [client] in body(&$0, tag, client, $1, &$2) }
        let answer = try cluster.await(within: .seconds(600)) { steps[tag] }
        if let error = answer { throw CallFailure(error) }
    }
}

extension CallFailure {
    init(_ error: TransactionError) {
        self.init(
            code: Int(error.code.rawValue), isRetriable: error.consequence == .retriable,
            requiresAbort: error.consequence == .abortable, isFatal: error.consequence == .fatal)
    }
}

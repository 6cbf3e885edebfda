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

    func initTransactions(within limit: Swift.Duration) throws { throw NotApplicable("no transactions yet") }
    func beginTransaction() throws { throw NotApplicable("no transactions yet") }
    func sendOffsets(
        _ offsets: [(NamedPartition, Int64)], of consumer: any TestConsumer, within limit: Swift.Duration
    ) throws { throw NotApplicable("no transactions yet") }
    func commitTransaction(within limit: Swift.Duration) throws { throw NotApplicable("no transactions yet") }
    func abortTransaction(within limit: Swift.Duration) throws { throw NotApplicable("no transactions yet") }
}

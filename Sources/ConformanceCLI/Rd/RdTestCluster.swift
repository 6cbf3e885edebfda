import Conformance
import Foundation
import Kafka
import RdKafka

/// What differs between the clusters that librdkafka talks to: how topics come to be, and what can be broken.
protocol ClusterControl: AnyObject {
    var bootstrapServers: String { get }
    var brokers: [Int] { get }
    func reasonToLack(_ ability: Ability) -> String?
    func makeTopic(_ name: String, _ topic: TopicWish) throws
    /// Names which the cluster coordinates somewhere.
    func noteGroup(_ group: String)
    func noteTransactionalID(_ id: String)
    func leader(of partition: NamedPartition) throws -> Int?
    func coordinator(ofGroup group: String) throws -> Int?
    func coordinator(ofTransactionalID id: String) throws -> Int?
    func crash(_ broker: Int) throws
    func restart(_ broker: Int) throws
    func setAnswersLost(_ areLost: Bool) throws
    func shutDown()
}

/// librdkafka's clients against some cluster.
final class RdTestCluster: TestCluster {
    let control: any ClusterControl
    private let begin = ContinuousClock.now
    private var producers: [RdTestProducer] = []
    private var consumers: [RdTestConsumer] = []
    private var admin: RdTestAdmin?

    init(_ control: any ClusterControl) { self.control = control }

    func reasonToLack(_ ability: Ability) -> String? {
        switch ability {
        case .cutOff, .brokerNetwork: "the network of this machine is left alone"
        case .freeze: "its clients live in one process, which cannot be stopped in parts"
        case .longTime: "it would take its time"
        default: control.reasonToLack(ability)
        }
    }

    func uniqueName(_ prefix: String) -> String { "\(prefix)-\(UUID().uuidString.lowercased().prefix(13))" }

    func makeTopic(_ topic: TopicWish) throws -> String {
        let name = uniqueName("conformance")
        try control.makeTopic(name, topic)
        return name
    }

    func makeProducer(_ properties: ClientProperties) throws -> any TestProducer {
        if let id = properties.transactionalID { control.noteTransactionalID(id) }
        let producer = try call { () throws(KafkaFailure) in
            try Producer(properties, brokers: control.bootstrapServers)
        }
        let tested = RdTestProducer(producer)
        producers.append(tested)
        return tested
    }

    func makeConsumer(_ properties: ClientProperties, defersRevocation: Bool) throws -> any TestConsumer {
        if let group = properties.groupID { control.noteGroup(group) }
        let consumer = try call { () throws(KafkaFailure) in
            try Consumer(properties, brokers: control.bootstrapServers, defersRevocation: defersRevocation)
        }
        let tested = RdTestConsumer(consumer)
        consumers.append(tested)
        return tested
    }

    func makeAdmin() throws -> any TestAdmin {
        if let admin { return admin }
        let made = try call { () throws(KafkaFailure) in
            try Admin(ClientProperties(), brokers: control.bootstrapServers)
        }
        let tested = RdTestAdmin(made)
        admin = tested
        return tested
    }

    // MARK: Time

    var elapsed: Duration { ContinuousClock.now - begin }

    var clockMilliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    func wait(within limit: Duration, until condition: () throws -> Bool) throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while true {
            for producer in producers { producer.poll() }
            for consumer in consumers { consumer.poll() }
            if try condition() { return true }
            guard ContinuousClock.now < deadline else { return false }
            Thread.sleep(forTimeInterval: 0.002)
        }
    }

    // MARK: Faults

    var brokers: [Int] { control.brokers }

    func leader(of partition: NamedPartition) throws -> Int? { try control.leader(of: partition) }

    func coordinator(ofGroup group: String) throws -> Int? { try control.coordinator(ofGroup: group) }

    func coordinator(ofTransactionalID id: String) throws -> Int? { try control.coordinator(ofTransactionalID: id) }

    func crash(_ broker: Int, losing loss: DiskLoss) throws {
        guard loss == .nothing else { throw NotApplicable("its brokers keep their disks") }
        try control.crash(broker)
    }

    func restart(_ broker: Int) throws { try control.restart(broker) }
    func setAnswersLost(_ areLost: Bool) throws { try control.setAnswersLost(areLost) }
    func setIsolated(_ broker: Int, _ isIsolated: Bool) throws { throw lack(.brokerNetwork) }
    func setCutOff(_ client: AnyObject, _ isCutOff: Bool) throws { throw lack(.cutOff) }
    func setFrozen(_ client: AnyObject, _ isFrozen: Bool) throws { throw lack(.freeze) }

    private func lack(_ ability: Ability) -> NotApplicable { NotApplicable(reasonToLack(ability) ?? "") }

    func shutDown() {
        for consumer in consumers { consumer.discard() }
        for producer in producers { producer.close() }
        admin?.close()
        control.shutDown()
    }
}

/// Translates what librdkafka throws.
func call<Result>(_ body: () throws(KafkaFailure) -> Result) throws(CallFailure) -> Result {
    do { return try body() } catch { throw CallFailure(error) }
}

extension CallFailure {
    init(_ failure: KafkaFailure) {
        self.init(
            code: Int(failure.code), isRetriable: failure.isRetriable, requiresAbort: failure.requiresAbort,
            isFatal: failure.isFatal)
    }
}

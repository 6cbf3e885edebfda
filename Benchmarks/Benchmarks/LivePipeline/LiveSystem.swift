import Foundation
import Kafka
import Live
import OrderTestbed
import Orders
import RdKafka
import Services
import Simulation
import Stores

/// One instance of every service of the standard blueprint, with a broker and databases of its own.
final class LiveSystem {
    let broker: EmbeddedBroker
    let topics: TopicTable
    let system: OrderSystemUnderTest
    private let directory: String
    private let instances: [LiveInstance]
    private let door: LiveInstance

    init() throws {
        var system = OrderSystemUnderTest()
        // What the machine needs is measured, not how long a parcel travels.
        system.handlingTime = .zero
        system.transitTime = .zero
        system.stock.factor = 1_000
        self.system = system
        var topics = TopicTable()
        for topic in system.topics { _ = topics.intern(topic.name) }
        self.topics = topics
        broker = try EmbeddedBroker(
            brokers: 1, topics: system.topics.map { EmbeddedTopic($0.name, partitions: $0.partitions) })
        directory = NSTemporaryDirectory() + "orrery-benchmark-\(UUID().uuidString)"
        let location = try StoreLocation("sqlite:\(directory)")
        let brokers = broker.bootstrapServers
        let properties = try ClientProperties([:])
        instances = system.services(topics: topics).enumerated().map { number, service in
            var configuration = LiveConfiguration(
                name: "\(service.name)/1", number: 1, service: service, seed: UInt64(number), properties: properties,
                brokers: brokers, topics: LiveTopics(topics))
            configuration.settings.deadlineTolerance = .milliseconds(5)
            configuration.isEmbedded = true
            return LiveInstance(
                configuration, openStore: { try location.open(service: service.name) },
                providers: AgreeableProviders(messenger: "notification"), listener: Nobody())
        }
        guard let door = instances.first(where: { $0.configuration.name == "order/1" }) else {
            preconditionFailure("the standard blueprint has an order service")
        }
        self.door = door
        for instance in instances { instance.start() }
    }

    /// Places an order over the API, without HTTP.
    func place(_ number: Int) {
        let body = """
            {"orderId":"\(Self.id(of: number))","customerId":"CUST-\(number & 1023)","paymentToken":"tok_visa",\
            "items":[{"productId":"PROD-001","quantity":1}]}
            """
        let request = Request(
            id: UInt64(bitPattern: Int64(number)), method: .post, path: "/api/orders", body: Array(body.utf8))
        door.submit(request) { response in
            guard response?.status == 201 else {
                preconditionFailure("\(response.map { String(decoding: $0.body, as: UTF8.self) } ?? "no answer")")
            }
        }
    }

    static func id(of number: Int) -> String { number < 0 ? "ORD-first" : "ORD-\(number)" }

    func stop() {
        for instance in instances { instance.stop() }
        for instance in instances { _ = instance.join() }
        try? FileManager.default.removeItem(atPath: directory)
    }
}

/// Providers that agree at once to whatever they are asked.
private struct AgreeableProviders: ProviderConnection {
    let messenger: String

    func call(_ call: ProviderCall, of service: String, answer: @escaping @Sendable ([UInt8]?) -> Void) {
        answer(service == messenger ? MessageReply.accepted.encode() : ProviderReply.approved(reference: nil).encode())
    }
}

private struct Nobody: InstanceListener {
    func acknowledged(_ partition: TopicPartition, offset: Int64) {}
    func called(_ call: ProviderCall) {}
    func noted(_ note: InstanceNote) {
        if case .failed(let reason) = note { preconditionFailure(reason) }
    }
}

/// Reads what was delivered, and how long that took.
final class Deliveries {
    private let consumer: Consumer
    private let codec: EventCodec
    private var placed: [String: Double] = [:]
    private(set) var latencies: [Double] = []

    init(of system: LiveSystem) throws {
        consumer = try Consumer(
            ClientProperties(["group.id": "benchmark", "fetch.wait.max.ms": "5"]),
            brokers: system.broker.bootstrapServers)
        let blueprint = system.system.blueprint.blueprint
        codec = EventCodec(names: blueprint.names)
        let partitions = blueprint.topics.filter { $0.name == "shipping" }.flatMap { topic in
            (0..<topic.partitions).map { (NamedPartition(topic.name, $0), StartPosition.beginning) }
        }
        try consumer.assign(partitions)
    }

    var count: Int { latencies.count }

    func place(_ number: Int, at moment: Double) { placed[LiveSystem.id(of: number)] = moment }

    func forget() { latencies.removeAll() }

    /// Waits a moment for what is new.
    func read() throws {
        for event in try consumer.poll(upTo: 1_000, within: .milliseconds(5)) {
            guard case .record(let received) = event, let event = try? codec.decode(received.record),
                event.type == .shipmentDelivered, let start = placed.removeValue(forKey: event.order.description)
            else { continue }
            latencies.append(LiveOrders.now() - start)
        }
    }
}

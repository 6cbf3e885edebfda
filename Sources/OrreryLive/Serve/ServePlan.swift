import Kafka
import Live
import Services
import Stores

/// What is to be served, and on what.
struct ServePlan: Sendable {
    let system: ServedSystem
    let host: String
    let port: Int
    /// The numbers of each service's instances in this process.
    let numbers: Range<Int32>
    /// Nil for the embedded broker.
    let brokers: String?
    let properties: ClientProperties
    let store: StoreLocation
    let data: DataDirectory
    /// Whether instances are kept apart by locks in the data directory; a database is for several machines.
    let locks: Bool
    /// Where the lives of instances are recorded, and what the recordings say about the system; nil for nowhere.
    let recordings: (directory: String, system: String)?

    /// `order/1`, for every instance of this process.
    var instanceNames: [String] {
        system.services.flatMap { service in numbers.map { "\(service.name)/\($0)" } }
    }

    /// The places of the host that fill up with instances.
    func places(
        brokers address: String, providers: any ProviderConnection, metrics: Metrics
    ) -> [InstancePlace] {
        system.services.flatMap { service in
            let counts = InstanceMetrics(metrics, service: service.name)
            return numbers.map { number in
                let name = "\(service.name)/\(number)"
                return InstancePlace(
                    name: name, service: service.name,
                    isReader: !service.subscriptions(with: system.policies).isEmpty
                ) { _, listener in
                    var configuration = LiveConfiguration(
                        name: name, number: number, service: service, seed: .random(in: 0 ... .max),
                        properties: properties, brokers: address, topics: system.topics)
                    configuration.settings.policies = system.policies
                    configuration.isEmbedded = brokers == nil
                    configuration.metrics = counts
                    configuration.recordings = recordings?.directory
                    configuration.system = recordings?.system ?? ""
                    return LiveInstance(
                        configuration, openStore: { try store.open(service: service.name) }, providers: providers,
                        listener: listener)
                }
            }
        }
    }
}

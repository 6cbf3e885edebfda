import Kafka
import Services
import Simulation
import VirtualKafka

extension World {
    /// What can be seen of the world as it stands.
    public var view: WorldView { WorldView(self) }

    /// The service that a store in `stores` belongs to.
    package func serviceName(at index: Int) -> String { services[index].name }
}

/// A look into a world: what stands in the services' stores, in the topics, where the groups are. It knows nothing of
/// what the system does, and changes nothing.
///
/// Taking a view costs nothing; each part is made when somebody asks for it.
public struct WorldView: Sendable {
    let world: World

    init(_ world: World) { self.world = world }

    /// The moment.
    public var now: Instant { world.now }

    /// The services in their order, each with its instances and its store.
    public var services: [ServiceView] {
        world.services.indices.map { index in
            ServiceView(
                name: world.services[index].name, group: world.services[index].group,
                instances: instances(of: index), store: world.stores[index])
        }
    }

    /// The topics of the system, without Kafka's own.
    public var topics: [TopicView] {
        world.scenario.system.topics.compactMap { topic in
            world.cluster.topics.id(of: topic.name).map { TopicView(name: topic.name, id: $0, cluster: world.cluster) }
        }
    }

    /// The consumer groups of the services.
    public var groups: [GroupView] {
        var names: [String] = []
        for service in world.services where !names.contains(service.group) { names.append(service.group) }
        return names.map(group)
    }

    /// A consumer group by its name.
    public func group(_ name: String) -> GroupView {
        let description = world.cluster.describeGroup(name)
        let members = (description?.members ?? []).map { member in
            GroupView.Member(
                name: owner(of: member.client), isLeader: member.isLeader,
                partitions: member.partitions.map(world.cluster.topics.describe))
        }
        return GroupView(
            name: name, state: description?.state.rawValue, generation: description?.generation,
            coordinator: world.cluster.coordinator(of: name).map { $0 + 1 },
            members: members, cluster: world.cluster)
    }

    /// The brokers, from 1.
    public var brokers: [BrokerView] {
        (0..<world.scenario.cluster.brokers).map { broker in
            let led = topics.flatMap { topic in
                topic.partitions.filter { $0.leader == broker + 1 }.map { "\(topic.name)-\($0.number)" }
            }
            return BrokerView(
                number: broker + 1, isUp: world.cluster.isBrokerUp(broker),
                isController: world.cluster.controller == broker, leads: led)
        }
    }

    /// Faults that have begun and not ended.
    public var ongoingFaults: [FaultAction] { world.faults.ongoing.map(\.action) }

    /// What has not come to rest, a sentence each.
    public var pending: [String] { world.whatIsPending(stoppingEarly: false) }

    /// The instance that a Kafka client belongs to.
    private func owner(of client: ClientID) -> String {
        let index = Int(client.rawValue)
        guard world.clientOwners.indices.contains(index), world.clientOwners[index] != World.stranger else {
            return "stranger"
        }
        return world.processes[Int(world.clientOwners[index])].name
    }

    private func instances(of service: Int) -> [InstanceView] {
        world.processes.indices.filter { world.processes[$0].service == service }.map { index in
            let process = world.processes[index]
            return InstanceView(
                name: process.name, isUp: process.instance != nil,
                isFrozen: world.frozen.contains { Int($0.process) == index }, life: Int(process.life),
                effects: process.effects, transactions: process.transactions,
                pendingWork: process.instance?.pendingWork ?? [])
        }
    }
}

/// One process of a service.
public struct InstanceView: Sendable {
    /// `payment/1`.
    public var name: String
    public var isUp: Bool
    /// Whether it is stopped, to go on later as if nothing had happened.
    public var isFrozen: Bool
    /// Counts its starts, from 1.
    public var life: Int
    /// Over all lives: what crash and store faults are told by.
    public var effects: UInt64
    public var transactions: UInt64
    /// What it has not finished, a phrase each.
    public var pendingWork: [String]
}

/// One broker.
public struct BrokerView: Sendable {
    /// From 1.
    public var number: Int
    public var isUp: Bool
    public var isController: Bool
    /// The partitions that the controller has it lead: `orders-0`.
    public var leads: [String]
}

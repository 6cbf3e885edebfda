import Gateway
import Kafka
import Orders
import Services
import Simulation
import Synchronization

/// The real services, each with a store in memory, without Kafka: they answer requests, and their events go nowhere.
final class Bench: Dispatch {
    private struct Desk {
        var instance: Instance
        var store = ValueStore()
    }

    let services: [String]
    private let desks: [String: Mutex<Desk>.Box]

    init(_ blueprint: Blueprint, only wanted: [String]? = nil) {
        let system = OrderSystem(blueprint: blueprint)
        var topics = TopicTable()
        system.register(in: &topics)
        var desks: [String: Mutex<Desk>.Box] = [:]
        for service in system.services(topics: topics) where wanted?.contains(service.name) ?? true {
            let instance = Instance(
                id: InstanceID(number: 1, incarnation: 1), of: service, settings: RuntimeSettings(),
                draws: Draws(seed: 1))
            desks[service.name] = Mutex<Desk>.Box(Desk(instance: instance))
        }
        services = blueprint.participants.map(\.name).filter { desks[$0] != nil }
        self.desks = desks
    }

    var health: [InstanceHealth] { services.map { InstanceHealth(name: "\($0)/1", missing: []) } }

    func send(_ request: Services.Request, to service: String) async -> Services.Response? {
        desks[service]?.mutex.withLock { desk in
            var effects: [Effect] = []
            desk.instance.receive(.request(request), at: .zero, into: &effects)
            var answer: Services.Response?
            while !effects.isEmpty {
                switch effects.removeFirst() {
                case .transact(let batch):
                    let outcome = desk.instance.perform(batch, in: &desk.store, at: .zero)
                    desk.store.commit()
                    desk.instance.receive(.committed(outcome), at: .zero, into: &effects)
                case .respond(let id, let response) where id == request.id: answer = response
                default: break
                }
            }
            return answer
        }
    }
}

extension Mutex where Value: Sendable {
    /// A mutex that a dictionary can hold.
    final class Box: Sendable {
        let mutex: Mutex<Value>

        init(_ value: Value) { mutex = Mutex(value) }
    }
}

/// Answers what it is told to.
struct Stub: Dispatch {
    var services = ["order"]
    var health: [InstanceHealth] = []
    var answer: @Sendable (Services.Request, String) async -> Services.Response? = { _, _ in nil }

    func send(_ request: Services.Request, to service: String) async -> Services.Response? {
        await answer(request, service)
    }
}

import Kafka
import Services
import Simulation
import VirtualKafka

/// What must hold between the values of a scenario, each of which is right by itself.
struct ScenarioRules {
    let scenario: Scenario
    private let services: [String]
    private let topics: [String]
    private let instances: [String]

    init(_ scenario: Scenario) {
        self.scenario = scenario
        var table = TopicTable()
        topics = scenario.system.topics.map(\.name)
        for topic in topics { _ = table.intern(topic) }
        let names = scenario.system.services(topics: table).map(\.name)
        services = names
        instances = names.flatMap { name in
            // Those that the plan adds are there for the rest of the plan, too.
            let scaled = scenario.plan.compactMap { action in
                if case .scale(name, let count, _, _) = action { count } else { nil }
            }
            let count = max(scenario.instanceCount(of: name), scaled.max() ?? 0)
            return (1...count).map { "\(name)/\($0)" }
        }
    }

    /// Reports every rule that is broken.
    func check(_ reading: inout Reading) {
        for finding in scenario.system.findings {
            reading.report(finding.message, atKey: finding.key, suggestion: finding.suggestion)
        }
        checkCluster(&reading)
        checkClients(&reading)
        checkFaultTime(&reading)
        for (service, _) in scenario.instances {
            check(service, in: services, "service", atKey: "services.\(service)", &reading)
        }
        for (index, action) in scenario.plan.enumerated() { check(action, at: "plan.\(index)", &reading) }
    }

    private func checkCluster(_ reading: inout Reading) {
        let cluster = scenario.cluster
        if cluster.replicationFactor > cluster.brokers {
            reading.report(
                "a replication factor of \(cluster.replicationFactor) needs as many brokers; there are \(cluster.brokers)",
                atKey: "cluster.replication-factor",
                suggestion: "raise 'cluster.brokers', or set 'cluster.replication-factor' to \(cluster.brokers)")
        } else if cluster.minInsyncReplicas > cluster.replicationFactor {
            reading.report(
                "\(cluster.minInsyncReplicas) in-sync replicas are required of \(cluster.replicationFactor) replicas: "
                    + "nothing could be written",
                atKey: "cluster.min-insync-replicas",
                suggestion: "set 'cluster.min-insync-replicas' to \(cluster.replicationFactor) or less")
        }
        if scenario.rates.brokersDownAtOnce > cluster.brokers {
            reading.report(
                "\(scenario.rates.brokersDownAtOnce) brokers cannot be down at once; there are \(cluster.brokers)",
                atKey: "faults.brokers-down-at-once")
        }
    }

    private func checkClients(_ reading: inout Reading) {
        var isEachRight = true
        for property in scenario.clients {
            do throws(PropertyError) {
                try ClientProperties.check(property.name, property.value)
            } catch {
                isEachRight = false
                let (message, suggestion) = error.parts
                reading.report(message, atKey: "clients.\(property.name)", suggestion: suggestion)
            }
        }
        guard isEachRight else { return }
        do throws(PropertyError) {
            let properties = try World.properties(of: scenario)
            checkSession(properties, &reading)
        } catch {
            let (message, suggestion) = error.parts
            reading.report(message, atKey: "clients", suggestion: suggestion)
        }
    }

    /// Brokers would refuse every member, and the run would never begin.
    private func checkSession(_ properties: ClientProperties, _ reading: inout Reading) {
        let broker = ClusterConfiguration()
        let timeout = Duration.milliseconds(properties.integer("session.timeout.ms"))
        guard !(broker.groupMinSessionTimeout...broker.groupMaxSessionTimeout).contains(timeout) else { return }
        reading.report(
            "brokers take session timeouts from \(broker.groupMinSessionTimeout) (group.min.session.timeout.ms) to "
                + "\(broker.groupMaxSessionTimeout)", atKey: "clients.session.timeout.ms")
    }

    private func checkFaultTime(_ reading: inout Reading) {
        guard scenario.rates.until < scenario.rates.from else { return }
        reading.report(
            "faults end at \(scenario.rates.until), before they begin at \(scenario.rates.from)", atKey: "faults.until")
    }

    private func check(_ action: FaultAction, at key: String, _ reading: inout Reading) {
        switch action {
        case .crashBroker(let broker, _, _, _), .slowDisk(let broker, _, _, _), .pauseBroker(let broker, _, _):
            check(broker: broker, atKey: "\(key).broker", &reading)
        case .moveLeader(let topic, let partition, let broker, _):
            check(topic, in: topics, "topic", atKey: "\(key).topic", &reading)
            check(partition, of: topic, atKey: "\(key).partition", &reading)
            check(broker: broker, atKey: "\(key).to", &reading)
        case .electUnclean(let topic, let partition, _):
            check(topic, in: topics, "topic", atKey: "\(key).topic", &reading)
            check(partition, of: topic, atKey: "\(key).partition", &reading)
        case .partition(let from, let to, _, _, _), .slowLink(let from, let to, _, _, _, _):
            for (side, machines) in [("from", from), ("to", to)] {
                for (index, machine) in machines.enumerated() {
                    check(machine: machine, atKey: "\(key).\(side).\(index)", &reading)
                }
            }
        case .loseMessage(let place), .delayMessage(let place, _):
            check(machine: place.from, atKey: "\(key).from", &reading)
            check(machine: place.to, atKey: "\(key).to", &reading)
        case .duplicateMessage(let place):
            check(machine: place.from, atKey: "\(key).from", &reading)
            check(machine: place.to, atKey: "\(key).to", &reading)
            checkRequester(place.from, atKey: "\(key).from", &reading)
        case .addPartitions(let topic, let total, _):
            check(topic, in: topics, "topic", atKey: "\(key).topic", &reading)
            checkGrowth(of: topic, to: total, atKey: "\(key).total", &reading)
        case .duplicateRecord(let place, _), .delayRecord(let place, _), .reorderRecord(let place, _),
            .dropRecord(let place, _):
            check(place.topic, in: topics, "topic", atKey: "\(key).topic", &reading)
        case .poison(_, let topic, _, _), .redriveDeadLetters(let topic, _):
            check(topic, in: topics, "topic", atKey: "\(key).topic", &reading)
        case .crashInstance(let instance, _, _), .killInstance(let instance, _, _), .store(let instance, _, _),
            .freezeInstance(let instance, _, _), .stallConsumer(let instance, _, _), .skewClock(let instance, _, _, _):
            check(instance, in: instances, "instance", atKey: "\(key).instance", &reading)
        case .provider(let place, _):
            check(place.service, in: services, "service", atKey: "\(key).service", &reading)
        case .providerOutage(let service, _, _), .moveCoordinator(let service, _), .rebalanceStorm(let service, _, _),
            .scale(let service, _, _, _), .fullDisk(let service, _, _):
            check(service, in: services, "service", atKey: "\(key).service", &reading)
        case .failHandler(let place, _):
            check(place.service, in: services, "service", atKey: "\(key).service", &reading)
            check(place.topic, in: topics, "topic", atKey: "\(key).topic", &reading)
        case .crashController:
            break
        }
    }

    private func check(machine: String, atKey key: String, _ reading: inout Reading) {
        if machine.hasPrefix("broker "), let number = Int(machine.dropFirst("broker ".count)) {
            return check(broker: number, atKey: key, &reading)
        }
        let brokers = (1...scenario.cluster.brokers).map { "broker \($0)" }
        // API clients, the payment provider, and who writes poison.
        let others = ["client", "provider", "stranger"]
        check(machine, in: instances + brokers + others, "machine", atKey: key, &reading)
    }

    private func checkRequester(_ machine: String, atKey key: String, _ reading: inout Reading) {
        guard machine.hasPrefix("broker ") || machine == "provider" else { return }
        reading.report(
            "only requests of clients arrive twice, and \(machine) sends none: name an instance, client or stranger",
            atKey: key)
    }

    private func check(_ partition: Int, of topic: String, atKey key: String, _ reading: inout Reading) {
        guard let known = scenario.system.topics.first(where: { $0.name == topic }), partition >= known.partitions
        else { return }
        reading.report("topic '\(topic)' has partitions 0 to \(known.partitions - 1)", atKey: key)
    }

    private func checkGrowth(of topic: String, to total: Int, atKey key: String, _ reading: inout Reading) {
        guard let known = scenario.system.topics.first(where: { $0.name == topic }), total <= known.partitions
        else { return }
        reading.report("topic '\(topic)' has \(known.partitions) partitions already", atKey: key)
    }

    private func check(broker: Int, atKey key: String, _ reading: inout Reading) {
        guard !(1...scenario.cluster.brokers).contains(broker) else { return }
        let brokers = scenario.cluster.brokers
        reading.report(
            "there is no broker \(broker): the cluster has \(brokers == 1 ? "one" : "brokers 1 to \(brokers)")",
            atKey: key)
    }

    private func check(_ name: String, in names: [String], _ kind: String, atKey key: String, _ reading: inout Reading)
    {
        guard !names.contains(name) else { return }
        reading.report(
            "there is no \(kind) '\(YAMLValue.shortened(name))'", atKey: key,
            suggestion: Suggestion.forName(name, among: names))
    }
}

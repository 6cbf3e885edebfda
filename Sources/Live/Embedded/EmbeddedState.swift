import Kafka
import RdKafka

/// The mock cluster with what a controller has to know about it: who runs, who leads, who coordinates.
struct EmbeddedState {
    /// What a coordinator coordinates.
    struct Key: Hashable, Comparable {
        var kind: MockCluster.CoordinatorKey
        var name: String

        static func < (left: Key, right: Key) -> Bool {
            (left.kind.rawValue, left.name) < (right.kind.rawValue, right.name)
        }
    }

    /// Where something belongs, and where it is.
    struct Place {
        var home: Int
        var current: Int
    }

    let cluster: MockCluster
    let brokers: [Int]
    private(set) var running: Set<Int>
    private(set) var topics: [String: Int] = [:]
    private var leaders: [NamedPartition: Place] = [:]
    private var coordinators: [Key: Place] = [:]

    init(_ cluster: sending MockCluster, brokers: [Int]) {
        self.cluster = cluster
        self.brokers = brokers
        running = Set(brokers)
    }

    func leader(of partition: NamedPartition) -> Int? { leaders[partition].flatMap(whoRuns) }

    func coordinator(of key: Key) -> Int? { coordinators[key].flatMap(whoRuns) }

    private func whoRuns(_ place: Place) -> Int? { running.contains(place.current) ? place.current : nil }

    // MARK: Topics, groups

    mutating func create(_ topic: EmbeddedTopic) throws {
        guard topic.partitions > 0 else {
            throw EmbeddedBrokerError("A topic needs a partition: give “\(topic.name)” one.")
        }
        if let partitions = topics[topic.name] {
            guard partitions != topic.partitions else { return }
            throw EmbeddedBrokerError(
                "The topic “\(topic.name)” has \(partitions) partitions already; "
                    + "the embedded broker cannot change that: start again.")
        }
        try cluster.createTopic(
            topic.name, partitions: Int32(topic.partitions), replicationFactor: Int32(brokers.count))
        topics[topic.name] = topic.partitions
        for number in 0..<Int32(topic.partitions) {
            let home = nextHome(after: leaders.count)
            try lead(NamedPartition(topic.name, number), Place(home: home, current: home))
        }
    }

    mutating func coordinate(_ key: Key) throws {
        guard coordinators[key] == nil else { return }
        let home = nextHome(after: coordinators.count)
        try coordinate(key, Place(home: home, current: home))
    }

    /// Homes are dealt out in turn, among those who run.
    private func nextHome(after count: Int) -> Int {
        let candidates = running.isEmpty ? brokers : running.sorted()
        return candidates[count % candidates.count]
    }

    private mutating func lead(_ partition: NamedPartition, _ place: Place) throws {
        try cluster.setLeader(of: partition, to: Int32(place.current))
        leaders[partition] = place
    }

    private mutating func coordinate(_ key: Key, _ place: Place) throws {
        try cluster.setCoordinator(of: key.kind, named: key.name, to: Int32(place.current))
        coordinators[key] = place
    }

    // MARK: Brokers down and up

    mutating func takeDown(_ broker: Int) throws {
        try check(broker)
        guard running.contains(broker) else { return }
        try cluster.setDown(Int32(broker), true)
        running.remove(broker)
        try settle()
    }

    mutating func bringUp(_ broker: Int) throws {
        try check(broker)
        guard !running.contains(broker) else { return }
        try cluster.setDown(Int32(broker), false)
        running.insert(broker)
        try settle()
    }

    /// Everything goes where it belongs, else to who runs.
    private mutating func settle() throws {
        guard !running.isEmpty else { return }
        let survivors = running.sorted()
        for (index, partition) in leaders.keys.sorted().enumerated() {
            guard let place = leaders[partition],
                let current = seat(of: place, else: survivors[index % survivors.count])
            else { continue }
            try lead(partition, Place(home: place.home, current: current))
        }
        for (index, key) in coordinators.keys.sorted().enumerated() {
            guard let place = coordinators[key],
                let current = seat(of: place, else: survivors[index % survivors.count])
            else { continue }
            try coordinate(key, Place(home: place.home, current: current))
        }
    }

    /// Where it has to go; nil where it can stay.
    private func seat(of place: Place, else substitute: Int) -> Int? {
        if running.contains(place.home) { return place.current == place.home ? nil : place.home }
        return running.contains(place.current) ? nil : substitute
    }

    // MARK: Moves

    mutating func moveLeader(of partition: NamedPartition, to broker: Int) throws {
        try check(broker)
        guard leaders[partition] != nil else {
            throw EmbeddedBrokerError("The embedded broker knows no partition \(partition): create its topic first.")
        }
        guard running.contains(broker) else {
            throw EmbeddedBrokerError("Broker \(broker) is down and cannot lead \(partition): bring it up first.")
        }
        try lead(partition, Place(home: broker, current: broker))
    }

    mutating func moveCoordinator(of key: Key, to broker: Int?) throws {
        let place = coordinators[key]
        let others = running.sorted().filter { $0 != place?.current }
        guard let target = broker ?? others.first(where: { $0 > place?.current ?? 0 }) ?? others.first else {
            throw EmbeddedBrokerError("There is no other broker that could coordinate “\(key.name)”: start more.")
        }
        try check(target)
        guard running.contains(target) else {
            throw EmbeddedBrokerError(
                "Broker \(target) is down and cannot coordinate “\(key.name)”: bring it up first.")
        }
        try coordinate(key, Place(home: target, current: target))
    }

    // MARK: Trouble

    func setRoundTripTime(_ duration: Duration, of broker: Int?) throws {
        if let broker { try check(broker) }
        for number in broker.map({ [$0] }) ?? brokers {
            try cluster.setRoundTripTime(of: Int32(number), to: duration)
        }
    }

    private func check(_ broker: Int) throws {
        guard brokers.contains(broker) else {
            throw EmbeddedBrokerError("There is no broker \(broker): they are numbered 1 to \(brokers.count).")
        }
    }
}

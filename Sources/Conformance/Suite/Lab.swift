import Kafka

/// What a case works with: a cluster, and a notebook for what an application sees.
final class Lab {
    let cluster: any TestCluster
    private(set) var notes: [String] = []

    init(_ cluster: any TestCluster) { self.cluster = cluster }

    /// Notes what was seen.
    func see(_ text: String) { notes.append(text) }

    // MARK: Time

    static let patience = Duration.seconds(30)

    /// Waits for something that has to come.
    func wait(
        for what: String, within limit: Duration = Lab.patience, until condition: () throws -> Bool
    ) throws {
        guard try cluster.wait(within: limit, until: condition) else { throw Waited(what) }
    }

    /// Lets time pass.
    func pass(_ duration: Duration) throws { _ = try cluster.wait(within: duration) { false } }

    struct Waited: Error, CustomStringConvertible {
        let description: String
        init(_ what: String) { description = "waited in vain for \(what)" }
    }

    // MARK: Clients

    func topic(
        _ partitions: Int = 1, replicas: Int = 3, minInsync: Int = 2, _ configuration: [String: String] = [:]
    ) throws -> String {
        try cluster.makeTopic(
            TopicWish(
                partitions: partitions, replicationFactor: replicas, minInsyncReplicas: minInsync,
                configuration: configuration))
    }

    func producer(_ properties: [String: String] = [:]) throws -> any TestProducer {
        try cluster.makeProducer(try ClientProperties(properties))
    }

    /// A producer that has taken a transactional id, its own if none is given.
    func transactionalProducer(
        _ properties: [String: String] = [:], id: String? = nil
    ) throws -> any TestProducer {
        let id = id ?? cluster.uniqueName("transactional")
        let producer = try producer(properties.merging(["transactional.id": id]) { $1 })
        try producer.initTransactions(within: Self.patience)
        return producer
    }

    /// Produces in a transaction of its own.
    func transact(_ values: [String], to topic: String, by producer: any TestProducer) throws {
        try producer.beginTransaction()
        try deliver(values, to: topic, by: producer)
        try producer.commitTransaction(within: Self.patience)
    }

    /// Quick to notice things, and in nobody's way: what a case does not say otherwise.
    private static let consumerDefaults = [
        "enable.auto.commit": "false", "auto.offset.reset": "earliest", "session.timeout.ms": "6000",
        "heartbeat.interval.ms": "1000", "fetch.wait.max.ms": "10",
    ]

    /// A consumer of a group, nil for one that nobody else is in.
    func consumer(
        group: String? = nil, _ properties: [String: String] = [:], defersRevocation: Bool = false
    ) throws -> any TestConsumer {
        let all = Self.consumerDefaults.merging(["group.id": group ?? cluster.uniqueName("reader")]) { $1 }
            .merging(properties) { $1 }
        return try cluster.makeConsumer(try ClientProperties(all), defersRevocation: defersRevocation)
    }

    /// A member of a group that subscribes.
    func member(
        of group: String, topics: [String], _ properties: [String: String] = [:], defersRevocation: Bool = false
    ) throws -> any TestConsumer {
        let consumer = try consumer(group: group, properties, defersRevocation: defersRevocation)
        try consumer.subscribe(to: topics)
        return consumer
    }

    /// A consumer that reads one partition, without a group's say.
    func reader(
        _ topic: String, _ partition: Int32 = 0, from start: StartAt = .beginning,
        with properties: [String: String] = [:]
    ) throws -> any TestConsumer {
        let consumer = try consumer(properties)
        try consumer.assign([(NamedPartition(topic, partition), start)])
        return consumer
    }

    // MARK: Producing

    /// Hands records over to a partition, or to where the partitioner says.
    @discardableResult
    func produce(
        _ values: [String], to topic: String, _ partition: Int32? = 0, by producer: any TestProducer
    ) throws -> [UInt64] {
        try values.map { try producer.produce(record($0), to: topic, partition: partition) }
    }

    /// Produces and waits for the reports, in the order of the records.
    @discardableResult
    func deliver(
        _ values: [String], to topic: String, _ partition: Int32? = 0, by producer: any TestProducer
    ) throws -> [Report] {
        try reports(of: try produce(values, to: topic, partition, by: producer), by: producer)
    }

    /// Waits for the reports of messages.
    func reports(
        of tags: [UInt64], by producer: any TestProducer, within limit: Duration = Lab.patience
    ) throws -> [Report] {
        var reports: [UInt64: Report] = [:]
        try wait(for: "\(tags.count) delivery reports", within: limit) {
            reports = Dictionary(producer.reports.map { ($0.tag, $0) }) { first, _ in first }
            return tags.allSatisfy { reports[$0] != nil }
        }
        return tags.compactMap { reports[$0] }
    }

    func record(_ value: String, key: String? = nil, timestamp: Int64? = nil) -> Record {
        Record(
            key: key.map { Array($0.utf8) }, value: Array(value.utf8),
            timestampMilliseconds: timestamp ?? cluster.clockMilliseconds)
    }

    // MARK: Reading

    /// Waits until so many records have come, then a little longer for those that should not come.
    @discardableResult
    func read(
        _ count: Int, by consumer: any TestConsumer, within limit: Duration = Lab.patience,
        quiet: Duration = .milliseconds(400)
    ) throws -> [ReadRecord] {
        _ = try cluster.wait(within: limit) { consumer.records.count >= count }
        try pass(quiet)
        return consumer.records
    }

    /// What a fresh consumer finds in a partition.
    func contents(
        _ topic: String, _ partition: Int32 = 0, count: Int, with properties: [String: String] = [:]
    ) throws -> [ReadRecord] {
        let consumer = try reader(topic, partition, with: properties)
        defer { consumer.close() }
        return try read(count, by: consumer, within: .seconds(10))
    }

    /// Waits until each of several consumers holds as many partitions as said.
    func waitForShares(
        _ shares: [(any TestConsumer, Int)], within limit: Duration = .seconds(60)
    ) throws {
        try wait(for: "shares of \(shares.map { $0.1 }) partitions", within: limit) {
            try shares.allSatisfy { consumer, count in try consumer.assignment().count == count }
        }
    }

    /// What a call throws, in a word; `fine` when it does not.
    func outcome(of call: () throws -> Void) throws -> String {
        do {
            try call()
            return "fine"
        } catch let failure as CallFailure {
            return failure.advice
        }
    }
}

extension Lab {
    // MARK: Faults

    /// Loses the answers to what is asked meanwhile, until clients with a `socket.timeout.ms` of 1000 have given up on
    /// them.
    func losingAnswers(_ body: () throws -> Void) throws {
        try cluster.setAnswersLost(true)
        try body()
        try pass(.seconds(3))
        try cluster.setAnswersLost(false)
    }

    /// Lets the leader of a partition die, and waits for the next one.
    @discardableResult
    func crashLeader(of topic: String, _ number: Int32 = 0, losing loss: DiskLoss = .nothing) throws -> Int {
        let partition = NamedPartition(topic, number)
        guard let leader = try cluster.leader(of: partition) else { throw Waited("a leader to crash") }
        try cluster.crash(leader, losing: loss)
        try wait(for: "a new leader of \(partition)", within: .seconds(60)) {
            guard let next = try cluster.leader(of: partition) else { return false }
            return next != leader
        }
        return leader
    }
}

extension Lab {
    /// Lets a replica die that does not lead, and waits until it is out of the in-sync set. Returns who it was.
    @discardableResult
    func crashFollower(of topic: String) throws -> Int {
        let admin = try cluster.makeAdmin()
        let state = try admin.describeTopic(topic)
        guard let follower = state.inSync(0).first(where: { $0 != state.leader(0) }) else {
            throw Waited("a follower")
        }
        try cluster.crash(follower, losing: .nothing)
        try wait(for: "broker \(follower) to be out of sync", within: .seconds(90)) {
            try !admin.describeTopic(topic).inSync(0).contains(follower)
        }
        return follower
    }

    /// Cuts the leader of a topic's partition off from the other brokers, not from clients. Returns who it is.
    func isolateLeader(of topic: String) throws -> Int {
        guard let leader = try cluster.leader(of: NamedPartition(topic, 0)) else { throw Waited("a leader to isolate") }
        try cluster.setIsolated(leader, true)
        return leader
    }

    /// Lets the coordinator of a group die, and waits for the next one.
    func crashCoordinator(ofGroup group: String) throws {
        try crash("coordinator of \(group)") { try cluster.coordinator(ofGroup: group) }
    }

    /// Lets the coordinator of a transactional id die, and waits for the next one.
    func crashCoordinator(ofTransactionalID id: String) throws {
        try crash("coordinator of \(id)") { try cluster.coordinator(ofTransactionalID: id) }
    }

    private func crash(_ what: String, _ place: () throws -> Int?) throws {
        guard let broker = try place() else { throw Waited("a \(what) to crash") }
        try cluster.crash(broker, losing: .nothing)
        try wait(for: "a new \(what)", within: .seconds(60)) {
            guard let next = try place() else { return false }
            return next != broker
        }
    }
}

// MARK: How things are noted

extension Report {
    /// `offset 7`, or what went wrong.
    var noted: String { failure.map { "\($0)" } ?? offset.map { "offset \($0)" } ?? "offset unknown" }
}

extension ReadRecord {
    var value: String { record.value.map { String(decoding: $0, as: UTF8.self) } ?? "nothing" }
}

extension [ReadRecord] {
    /// `0=a 1=b`
    var noted: String { isEmpty ? "nothing" : map { "\($0.offset)=\($0.value)" }.joined(separator: " ") }
    /// `a b`
    var values: String { isEmpty ? "nothing" : map(\.value).joined(separator: " ") }
}

extension [Report] {
    /// `offset 0, offset 1`
    var noted: String { map(\.noted).joined(separator: ", ") }
}

extension [NamedPartition] {
    /// `0 1 2`, of one topic.
    var numbers: String { isEmpty ? "none" : sorted().map { "\($0.number)" }.joined(separator: " ") }
}

import Kafka
import Simulation
import VirtualKafka

/// The virtual consumer begins when it knows whether it subscribes.
final class VirtualTestConsumer: TestConsumer, NoticeListener {
    private let cluster: VirtualTestCluster
    let node: NodeID
    private let properties: ClientProperties
    private let defersRevocation: Bool
    private(set) var client: ClientID?
    private(set) var records: [ReadRecord] = []
    private(set) var rebalances: [Rebalance] = []
    private(set) var failures: [CallFailure] = []
    /// By tag, what was answered.
    private var commits: [UInt64: ErrorCode] = [:]
    private var offsets: [UInt64: [PartitionOffset]] = [:]
    private var positions: [NamedPartition: Int64] = [:]
    private var nextTag: UInt64 = 1

    private static let limit = Swift.Duration.seconds(60)

    init(
        _ cluster: VirtualTestCluster, _ node: NodeID, _ properties: ClientProperties, defersRevocation: Bool
    ) {
        self.cluster = cluster
        self.node = node
        self.properties = properties
        self.defersRevocation = defersRevocation
    }

    func receive(_ notice: ClientNotice) {
        switch notice {
        case .assigned(let partitions, let isIncremental):
            rebalances.append(.assigned(named(partitions), isIncremental: isIncremental))
        case .revoked(let partitions, let isLost, let isIncremental):
            rebalances.append(.revoked(named(partitions), isIncremental: isIncremental, isLost: isLost))
            if !isLost, !defersRevocation { try? completeRevocation() }
        case .records(let partition, let arrived):
            let place = cluster.named(partition)
            records += arrived.map { ReadRecord(partition: place, offset: $0.offset, record: $0.record) }
            if let last = arrived.last { positions[place] = last.offset + 1 }
        case .offsetsCommitted(let tag, let error):
            commits[tag] = error
        case .committedOffsets(let tag, let answer), .offsetsListed(let tag, let answer):
            offsets[tag] = answer
        case .endOfPartition:
            // librdkafka's error that is none.
            failures.append(CallFailure(.endOfPartition))
        case .error(let error, _):
            failures.append(CallFailure(error))
        case .fatal(let error):
            failures.append(CallFailure(code: Int(error.rawValue), isFatal: true))
        default:
            break
        }
    }

    private func named(_ partitions: [TopicPartition]) -> [NamedPartition] {
        partitions.map { cluster.named($0) }.sorted()
    }

    // MARK: What to read

    /// The client; one that has not subscribed by now never will.
    @discardableResult
    private func begun(topics: [TopicID] = []) -> ClientID {
        if let client { return client }
        let made = cluster.begin(self) { [node, properties] in
            $0.addConsumer(on: node, topics: topics, properties: properties, at: $1, into: &$2)
        }
        client = made
        return made
    }

    func assignment() throws -> [NamedPartition] {
        guard let client else { return [] }
        return named(cluster.act { cluster, _, _ in cluster.assignment(of: client) })
    }

    func subscribe(to topics: [String]) throws { begun(topics: topics.map { cluster.topicID($0) }) }

    func unsubscribe() throws { throw NotApplicable("the virtual consumer subscribes once") }

    func assign(_ partitions: [(NamedPartition, StartAt)]) throws {
        let client = begun()
        let wanted = partitions.map { (cluster.partition($0.0), StartOffset($0.1)) }
        cluster.act { $0.assign(wanted, by: client, at: $1, into: &$2) }
    }

    func seek(_ partition: NamedPartition, to offset: Int64) throws {
        let client = begun()
        let place = cluster.partition(partition)
        let known = failures.count
        cluster.act { $0.seek(place, to: offset, by: client, at: $1, into: &$2) }
        if failures.count > known { throw failures.removeLast() }
    }

    var isPolling = true {
        didSet {
            let client = begun()
            cluster.act { [isPolling] in $0.setPolling(isPolling, by: client, at: $1, into: &$2) }
        }
    }

    func pause(_ partitions: [NamedPartition]) throws {
        let client = begun()
        let partitions = partitions.map { cluster.partition($0) }
        cluster.act { cluster, _, _ in cluster.pause(partitions, by: client) }
    }

    func resume(_ partitions: [NamedPartition]) throws {
        let client = begun()
        let partitions = partitions.map { cluster.partition($0) }
        cluster.act { $0.resume(partitions, by: client, at: $1, into: &$2) }
    }

    func completeRevocation() throws {
        let client = begun()
        cluster.act { $0.completeRevocation(by: client, at: $1, into: &$2) }
    }

    // MARK: Offsets

    private func tag() -> UInt64 {
        defer { nextTag += 1 }
        return nextTag
    }

    func commit(_ offsets: [(NamedPartition, Int64)]) throws {
        let client = begun()
        let offsets = offsets.map { (cluster.partition($0.0), $0.1) }
        let tag = tag()
        cluster.act { $0.commit(offsets, tag: tag, by: client, at: $1, into: &$2) }
        let error = try cluster.await(within: Self.limit) { commits[tag] }
        if error != .none { throw CallFailure(error) }
    }

    func committed(_ partitions: [NamedPartition]) throws -> [Int64?] {
        let client = begun()
        let partitions = partitions.map { cluster.partition($0) }
        let tag = tag()
        cluster.act { $0.fetchCommitted(partitions, tag: tag, by: client, at: $1, into: &$2) }
        return try answer(tag)
    }

    func position(_ partition: NamedPartition) throws -> Int64? { positions[partition] }

    func watermarks(_ partition: NamedPartition) throws -> (low: Int64, high: Int64) {
        (try list(partition, .earliest) ?? -1, try list(partition, .latest) ?? -1)
    }

    func offset(_ partition: NamedPartition, forTime milliseconds: Int64) throws -> Int64? {
        try list(partition, .timestamp(milliseconds))
    }

    private func list(_ partition: NamedPartition, _ query: OffsetQuery) throws -> Int64? {
        let client = begun()
        let tag = tag()
        let place = cluster.partition(partition)
        cluster.act { $0.listOffsets([(place, query)], tag: tag, by: client, at: $1, into: &$2) }
        return try answer(tag).first ?? nil
    }

    private func answer(_ tag: UInt64) throws -> [Int64?] {
        try cluster.await(within: Self.limit) { offsets[tag] }.map { entry in
            if entry.error != .none { throw CallFailure(entry.error) }
            return entry.offset >= 0 ? entry.offset : nil
        }
    }

    // MARK: The end

    func close() {
        guard let client else { return }
        cluster.act { $0.close(client, at: $1, into: &$2) }
    }

    func abandon() throws { cluster.act { [node] cluster, now, _ in cluster.kill(node: node, at: now) } }
}

extension StartOffset {
    init(_ start: StartAt) {
        switch start {
        case .offset(let offset): self = .offset(offset)
        case .beginning: self = .beginning
        case .end: self = .end
        case .committed: self = .committed
        }
    }
}

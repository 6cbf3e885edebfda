import Kafka
import Simulation

/// What has become of one part of an administrator's operation.
public struct AdminResult: Hashable, Sendable {
    /// What it is about.
    public enum Subject: Hashable, Sendable {
        case topic(String)
        case partition(TopicPartition)
    }

    public var subject: Subject
    public var error: ErrorCode
    /// After DeleteRecords, where the log begins now; else -1.
    public var lowWatermark: Int64

    public init(subject: Subject, error: ErrorCode, lowWatermark: Int64 = -1) {
        self.subject = subject
        self.error = error
        self.lowWatermark = lowWatermark
    }
}

/// A client that creates and changes topics, as librdkafka's Admin API does: every operation goes to the broker that can
/// carry it out, is tried again while that one is another one than it was, and ends within `socket.timeout.ms`.
struct AdminClient: Sendable {
    /// Part of an operation.
    enum Task: Sendable {
        case createTopic(TopicCreation)
        case createPartitions(PartitionsCreation)
        case deleteRecords(RecordDeletion)
        case electLeader(LeaderElection)
    }

    struct Item: Sendable {
        enum State: Sendable {
            case waiting
            case inFlight
            case done
        }

        var task: Task
        var state = State.waiting
        /// Valid once it is done.
        var result: AdminResult

        init(_ task: Task, about subject: AdminResult.Subject) {
            self.task = task
            result = AdminResult(subject: subject, error: .none)
        }

        mutating func fail(_ error: ErrorCode) {
            state = .done
            result.error = error
        }
    }

    struct Operation: Sendable {
        var number: UInt32
        var tag: UInt64
        var deadline: Instant
        /// After an error it is not tried again before that.
        var retryAt: Instant
        var items: [Item]
    }

    var core: ClientCore
    private var operations: [Operation] = []
    private var nextNumber: UInt32 = 0
    private let operationTimeout: Duration

    init(core: ClientCore, properties: ClientProperties) {
        self.core = core
        operationTimeout = .milliseconds(properties.integer("socket.timeout.ms"))
    }

    // MARK: Operations

    /// Begins an operation; the tasks of all items are of one kind.
    mutating func begin(_ items: [Item], tag: UInt64, _ fabric: inout Fabric) {
        guard core.isAlive else {
            tellClosed(items, tag: tag, &fabric)
            return
        }
        operations.append(
            Operation(
                number: nextNumber, tag: tag, deadline: fabric.now + operationTimeout, retryAt: fabric.now, items: items
            ))
        nextNumber &+= 1
        service(&fabric)
    }

    private func tellClosed(_ items: [Item], tag: UInt64, _ fabric: inout Fabric) {
        guard core.isClosed else { return }
        let results = items.map { AdminResult(subject: $0.result.subject, error: .destroyed) }
        fabric.notify(core.id, .adminCompleted(tag: tag, results))
    }

    /// Does everything that is due.
    mutating func service(_ fabric: inout Fabric) {
        guard core.isAlive else { return }
        while let broker = core.timedOutBroker(at: fabric.now) {
            fabric.close(core.requester, broker)
            connectionFailed(broker, .timedOut, &fabric)
        }
        core.refreshMetadataIfDue(&fabric)
        for index in operations.indices.reversed() {
            let isOverdue = operations[index].deadline <= fabric.now
            if isOverdue { giveUp(index) } else { sendWaiting(index, &fabric) }
            finishIfDone(index, &fabric)
        }
        var next = core.nextDeadline(after: fabric.now)
        for operation in operations { next = min(next, operation.deadline) }
        core.wakeAgain(at: next, &fabric)
    }

    private mutating func giveUp(_ index: Int) {
        for item in operations[index].items.indices {
            if case .done = operations[index].items[item].state { continue }
            operations[index].items[item].fail(.timedOut)
        }
    }

    private mutating func finishIfDone(_ index: Int, _ fabric: inout Fabric) {
        let isDone = operations[index].items.allSatisfy { if case .done = $0.state { true } else { false } }
        guard isDone else { return }
        let operation = operations.remove(at: index)
        fabric.notify(core.id, .adminCompleted(tag: operation.tag, operation.items.map(\.result)))
    }

    // MARK: Requests

    /// Sends what waits, one request to each broker that it is for.
    private mutating func sendWaiting(_ index: Int, _ fabric: inout Fabric) {
        guard operations[index].retryAt <= fabric.now else {
            core.wake(at: operations[index].retryAt, &fabric)
            return
        }
        for broker in 0..<fabric.brokerCount {
            let items = operations[index].items.indices.filter {
                guard case .waiting = operations[index].items[$0].state else { return false }
                return target(of: operations[index].items[$0].task) == broker
            }
            guard !items.isEmpty else { continue }
            guard core.isUsable(broker, fabric.now) else {
                core.wake(at: core.connections[broker].usableFrom, &fabric)
                core.wantMetadata(&fabric)
                continue
            }
            for item in items { operations[index].items[item].state = .inFlight }
            core.send(
                request(items.map { operations[index].items[$0].task }, operations[index].deadline - fabric.now),
                to: broker,
                for: .admin(operation: operations[index].number, items: items),
                timeout: operations[index].deadline - fabric.now, &fabric)
        }
        let isStuck = operations[index].items.contains {
            if case .waiting = $0.state { target(of: $0.task) < 0 } else { false }
        }
        if isStuck { core.wantMetadata(&fabric) }
    }

    /// Who can carry it out, as far as the client knows; -1 when it does not know.
    private func target(of task: Task) -> Int {
        switch task {
        case .createTopic, .createPartitions, .electLeader: Int(core.image.controller)
        case .deleteRecords(let deletion): core.leader(of: Int(deletion.partition))
        }
    }

    private func request(_ tasks: [Task], _ timeout: Duration) -> RequestBody {
        switch tasks[0] {
        case .createTopic:
            .createTopics(tasks.compactMap { if case .createTopic(let creation) = $0 { creation } else { nil } })
        case .createPartitions:
            .createPartitions(
                tasks.compactMap { if case .createPartitions(let creation) = $0 { creation } else { nil } })
        case .electLeader:
            .electLeaders(tasks.compactMap { if case .electLeader(let election) = $0 { election } else { nil } })
        case .deleteRecords:
            .deleteRecords(
                DeleteRecordsRequest(
                    timeout: timeout,
                    partitions: tasks.compactMap { if case .deleteRecords(let deletion) = $0 { deletion } else { nil } }
                ))
        }
    }

    // MARK: Answers

    mutating func receive(_ response: ResponseBody, _ correlation: Int32, from broker: Int, _ fabric: inout Fabric) {
        guard let purpose = core.take(correlation, from: broker) else { return }
        switch (response, purpose) {
        case (.metadata(let image, _), _): core.metadataArrived(image, &fabric)
        case (.createTopics(let errors), .admin(let number, let items)),
            (.createPartitions(let errors), .admin(let number, let items)),
            (.electLeaders(let errors), .admin(let number, let items)):
            for (item, error) in zip(items, errors) { settle(number, item, error, -1, &fabric) }
        case (.deleteRecords(let deleted), .admin(let number, let items)):
            for (item, deleted) in zip(items, deleted) {
                settle(number, item, deleted.error, deleted.lowWatermark, &fabric)
            }
        default: preconditionFailure("an answer that an administrator did not ask for")
        }
        service(&fabric)
    }

    /// What was in flight may have been carried out or not. It is tried again: so an administrator may be told that a
    /// topic exists which it has just created itself.
    mutating func connectionFailed(_ broker: Int, _ error: ErrorCode, _ fabric: inout Fabric) {
        for purpose in core.fail(broker, &fabric) {
            switch purpose {
            case .metadata: core.metadataFailed(&fabric)
            case .admin(let number, let items):
                for item in items { settle(number, item, error, -1, &fabric) }
            default: break
            }
        }
        core.wantMetadata(&fabric)
        core.wake(at: fabric.now, &fabric)
    }

    private mutating func settle(
        _ number: UInt32, _ item: Int, _ error: ErrorCode, _ lowWatermark: Int64, _ fabric: inout Fabric
    ) {
        guard let index = operations.firstIndex(where: { $0.number == number }) else { return }
        switch error {
        case .notController, .notLeaderOrFollower, .leaderNotAvailable, .transport:
            operations[index].items[item].state = .waiting
            operations[index].retryAt = fabric.now + core.retryBackoff
            core.wantMetadata(&fabric)
            core.wake(at: operations[index].retryAt, &fabric)
        default:
            operations[index].items[item].state = .done
            operations[index].items[item].result.error = error
            operations[index].items[item].result.lowWatermark = lowWatermark
        }
    }
}

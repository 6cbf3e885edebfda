import Foundation
import Kafka
import Live
import RdKafka
import Services
import Stores

/// Makes the topics as soon as there is a cluster, and looks regularly at what waits, for the metrics.
final class ClusterWatch: @unchecked Sendable {
    private let system: ServedSystem
    private let brokers: String
    private let properties: ClientProperties
    private let store: StoreLocation
    private let makesTopics: Bool
    private let metrics: Metrics
    private let log: EventLog

    private let condition = NSCondition()
    private var isStopping = false
    private var hasEnded = true
    // The watch's thread's own.
    private var admin: Admin?
    private var outboxes: [String: any ServiceStore] = [:]

    init(
        _ system: ServedSystem, brokers: String, properties: ClientProperties, store: StoreLocation, makesTopics: Bool,
        metrics: Metrics, log: EventLog
    ) {
        self.system = system
        self.brokers = brokers
        self.properties = properties
        self.store = store
        self.makesTopics = makesTopics
        self.metrics = metrics
        self.log = log
    }

    func start() {
        hasEnded = false
        let thread = Thread { [self] in
            if makesTopics { makeTopics() }
            while wait(seconds: 5) { look() }
            for store in outboxes.values { store.close() }
            condition.withLock {
                hasEnded = true
                condition.broadcast()
            }
        }
        thread.name = "cluster watch"
        thread.start()
    }

    func stop() {
        condition.withLock {
            isStopping = true
            condition.broadcast()
            while !hasEnded { condition.wait() }
        }
    }

    /// False when the watch is stopping.
    private func wait(seconds: Double) -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while !isStopping, condition.wait(until: end) {}
            return !isStopping
        }
    }

    // MARK: Topics

    private func makeTopics() {
        var pause = 1.0
        var lastTrouble = ""
        repeat {
            let trouble: [String]
            do {
                let admin = try Admin(properties, brokers: brokers)
                trouble = try NeededTopics.make(system.needs, with: admin, within: .seconds(10))
            } catch {
                trouble = ["no cluster at \(brokers) yet: \(error.reason)"]
            }
            guard !trouble.isEmpty else {
                log.info("serve", "topics", "all \(system.needs.count) topics are there")
                return
            }
            let told = trouble.joined(separator: "; ")
            if told != lastTrouble { log.warning("serve", "topics", "\(told); trying again") }
            lastTrouble = told
            pause = min(pause * 1.5, 15)
        } while wait(seconds: pause)
    }

    // MARK: What waits

    private func look() {
        do throws(KafkaFailure) {
            if admin == nil { admin = try Admin(properties, brokers: brokers) }
            guard let admin else { return }
            let (lags, unknown) = admin.lags(of: system.groups, within: .seconds(3))
            for lag in lags {
                metrics.gauge(.consumerLag, lag.group, lag.topic, "\(lag.partition)").set(Double(lag.lag))
            }
            if let first = unknown.first { log.warning("serve", "lag", "not every lag is known: \(first)") }
        } catch {
            log.warning("serve", "lag", "the lag is not known: \(error.reason)")
        }
        for service in system.services {
            guard let rows = try? outboxRows(of: service.name) else { continue }
            metrics.gauge(.outboxRows, service.name).set(rows)
        }
    }

    private func outboxRows(of service: String) throws -> Int {
        let store = try outboxes[service] ?? self.store.open(service: service)
        outboxes[service] = store
        return try store.snapshot(of: [OutboxMessage.self]).count(of: OutboxMessage.self)
    }

    /// Whether nothing is left to read for any group. For the end; asks with clients of its own.
    func isCaughtUp() -> Bool {
        guard let admin = try? Admin(properties, brokers: brokers) else { return true }
        return admin.lags(of: system.groups, within: .seconds(2)).lags.allSatisfy { $0.lag == 0 }
    }
}

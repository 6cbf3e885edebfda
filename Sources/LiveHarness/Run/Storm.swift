import Foundation
import Kafka
import RdKafka

/// A consumer that joins a group and leaves it, again and again, on a thread of its own. It leaves when it has been given
/// something: one that goes before is no member yet, and the group would not hear of its end.
final class Storm: @unchecked Sendable {
    private let lock = NSLock()
    private let ended = DispatchGroup()
    private var isOver = false
    /// How long it stays in the group, and out of it.
    private static let gust = Swift.Duration.milliseconds(400)
    /// How long a group may take to let it in.
    private static let patience = Swift.Duration.seconds(10)

    init(_ properties: ClientProperties, brokers: String, topics: [String]) {
        ended.enter()
        Thread.detachNewThread { [self] in
            while !isFinished { blow(properties, brokers: brokers, topics: topics) }
            ended.leave()
        }
    }

    private var isFinished: Bool { lock.withLock { isOver } }

    /// A storm that does not find its brokers is none, and tries again.
    private func blow(_ properties: ClientProperties, brokers: String, topics: [String]) {
        let clock = ContinuousClock()
        if let consumer = try? Consumer(properties, brokers: brokers) {
            try? consumer.subscribe(to: topics)
            var end = clock.now + Self.patience
            while clock.now < end, !isFinished {
                if case .assigned = try? consumer.poll(within: .milliseconds(20)) { end = clock.now + Self.gust }
            }
            consumer.close()
        }
        let end = clock.now + Self.gust
        while clock.now < end, !isFinished { usleep(20_000) }
    }

    /// Ends it; waits until it has left the group.
    func stop() {
        lock.withLock { isOver = true }
        ended.wait()
    }
}

import Kafka
import Simulation

/// What happens to brokers. To one that does not exist, nothing happens.
extension VirtualCluster {
    /// The process of a broker ends at once; its disk may have lost something.
    public mutating func crashBroker(
        _ broker: Int, losing loss: DiskLoss, at now: Instant, into output: inout KafkaOutput
    ) {
        guard isBrokerUp(broker) else { return }
        begin(now, &output)
        // What had arrived while it was stopped is gone with it.
        fabric.paused.remove(broker)
        held.removeAll { $0.node == fabric.nodes[broker] }
        frozen.removeAll { $0 == fabric.nodes[broker] }
        fabric.running.remove(broker)
        brokers[broker].crash(losing: loss, &fabric)
        fabric.closeConnections(of: broker)
        fabric.observe(.brokerCrashed(broker))
        end(&output)
    }

    /// Starts a broker's process again.
    public mutating func restartBroker(_ broker: Int, at now: Instant, into output: inout KafkaOutput) {
        guard brokers.indices.contains(broker), !brokers[broker].isUp else { return }
        begin(now, &output)
        fabric.running.insert(broker)
        fabric.observe(.brokerRestarted(broker))
        brokers[broker].start(formed: nil, &fabric)
        end(&output)
    }

    /// Stops the process of a broker, or lets it go on (SIGSTOP, SIGCONT). Stopped, it keeps its connections and answers
    /// nothing; then it handles all that arrived meanwhile, in order, and may do so as a leader that has a successor.
    public mutating func setPaused(
        broker: Int, _ isPaused: Bool, at now: Instant, into output: inout KafkaOutput
    ) {
        guard isBrokerUp(broker), fabric.paused.contains(broker) != isPaused else { return }
        if isPaused { fabric.paused.insert(broker) } else { fabric.paused.remove(broker) }
        setFrozen(node: fabric.nodes[broker], isPaused, at: now, into: &output)
    }

    /// Whether a broker's process is stopped.
    public func isBrokerPaused(_ broker: Int) -> Bool { fabric.paused.contains(broker) }

    /// From now on, appends take a broker so many times as long as usual; 1 is as usual, and less is impossible.
    public mutating func slowDisk(of broker: Int, by factor: Int) {
        guard brokers.indices.contains(broker) else { return }
        fabric.diskSlowdown[broker] = max(factor, 1)
    }

    /// An operator makes another in-sync replica the leader of a partition. Returns whether that was possible; when
    /// leadership goes back to the preferred replicas, it goes back here too.
    @discardableResult
    public mutating func moveLeader(
        of partition: TopicPartition, to broker: Int, at now: Instant, into output: inout KafkaOutput
    ) -> Bool {
        guard brokers.indices.contains(broker), let number = fabric.topology.number(of: partition) else {
            return false
        }
        begin(now, &output)
        let isMoved = quorum.moveLeader(of: number, to: broker, &fabric)
        end(&output)
        return isMoved
    }

    /// An operator makes any live replica the leader of a partition that nobody leads (`kafka-leader-election
    /// --election-type unclean`); what it lacks is lost. Returns whether that was necessary, and possible.
    @discardableResult
    public mutating func electUnclean(
        _ partition: TopicPartition, at now: Instant, into output: inout KafkaOutput
    ) -> Bool {
        guard let number = fabric.topology.number(of: partition) else { return false }
        begin(now, &output)
        let isElected = quorum.electUnclean(number, &fabric)
        end(&output)
        return isElected
    }

    /// The active controller hands its role over to another broker. Returns whether there is one that can take it.
    @discardableResult
    public mutating func moveController(at now: Instant, into output: inout KafkaOutput) -> Bool {
        begin(now, &output)
        let isMoved = quorum.moveController(&fabric)
        end(&output)
        return isMoved
    }
}

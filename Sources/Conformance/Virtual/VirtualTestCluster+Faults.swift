import Kafka
import Simulation
import VirtualKafka

extension VirtualTestCluster {
    var brokers: [Int] { Array(0..<Self.brokerCount) }

    func leader(of partition: NamedPartition) throws -> Int? {
        let partition = self.partition(partition)
        return act { cluster, _, _ in cluster.leader(of: partition) }
    }

    func coordinator(ofGroup group: String) throws -> Int? {
        act { cluster, _, _ in cluster.coordinator(ofGroup: group) }
    }

    func coordinator(ofTransactionalID id: String) throws -> Int? {
        act { cluster, _, _ in cluster.coordinator(ofTransactionalID: id) }
    }

    func crash(_ broker: Int, losing loss: Conformance.DiskLoss) throws {
        act { $0.crashBroker(broker, losing: .init(loss), at: $1, into: &$2) }
    }

    func restart(_ broker: Int) throws { act { $0.restartBroker(broker, at: $1, into: &$2) } }

    func setAnswersLost(_ areLost: Bool) throws {
        act { cluster, _, _ in
            for client in Self.brokerCount..<cluster.network.nodeCount {
                Self.block(&cluster.network, from: 0..<Self.brokerCount, to: client..<client + 1, areLost)
            }
        }
    }

    func setIsolated(_ broker: Int, _ isIsolated: Bool) throws {
        act { cluster, _, _ in
            for other in 0..<Self.brokerCount where other != broker {
                Self.block(&cluster.network, from: broker..<broker + 1, to: other..<other + 1, isIsolated)
                Self.block(&cluster.network, from: other..<other + 1, to: broker..<broker + 1, isIsolated)
            }
        }
    }

    func setCutOff(_ client: AnyObject, _ isCutOff: Bool) throws {
        let node = Int(Self.node(of: client).rawValue)
        act { cluster, _, _ in
            Self.block(&cluster.network, from: 0..<Self.brokerCount, to: node..<node + 1, isCutOff)
            Self.block(&cluster.network, from: node..<node + 1, to: 0..<Self.brokerCount, isCutOff)
        }
    }

    private static func block(_ network: inout Network, from: Range<Int>, to: Range<Int>, _ isBlocked: Bool) {
        for from in from {
            for to in to {
                let (from, to) = (NodeID(rawValue: Int32(from)), NodeID(rawValue: Int32(to)))
                if isBlocked { network.block(from: from, to: to) } else { network.unblock(from: from, to: to) }
            }
        }
    }

    func setFrozen(_ client: AnyObject, _ isFrozen: Bool) throws {
        let node = Self.node(of: client)
        act { $0.setFrozen(node: node, isFrozen, at: $1, into: &$2) }
    }

    private static func node(of client: AnyObject) -> NodeID {
        guard let client = client as? any NoticeListener else { preconditionFailure("a client of another cluster") }
        return client.node
    }
}

extension VirtualKafka.DiskLoss {
    init(_ loss: Conformance.DiskLoss) {
        switch loss {
        case .nothing: self = .nothing
        case .unflushedTail: self = .unflushedTail
        case .everything: self = .everything
        }
    }
}

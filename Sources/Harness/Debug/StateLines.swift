import Simulation

/// All that can be seen of a moment, as lines with names: what two moments differ in are the lines in which they differ.
public struct StateLines: Sendable {
    /// `inventory reservations ORD-00000001`, and what stands there.
    public private(set) var lines: [(name: String, text: String)] = []

    /// What there is to see of a world.
    public init(_ view: WorldView) {
        for service in view.services {
            for instance in service.instances { add("instance \(instance.name)", Self.state(of: instance)) }
            for table in service.tables {
                for row in table.rows { add("\(service.name) \(table.name) \(row.key)", row.json) }
            }
        }
        for topic in view.topics {
            for partition in topic.partitions {
                add(
                    "topic \(topic.name)-\(partition.number)", "end \(partition.highWatermark)\(Self.leader(partition))"
                )
            }
        }
        for group in view.groups {
            for member in group.members {
                add("group \(group.name) member \(member.name)", member.partitions.joined(separator: ", "))
            }
            for offset in group.offsets {
                add("group \(group.name) \(offset.partition)", "committed \(offset.committed ?? 0), end \(offset.end)")
            }
        }
        for broker in view.brokers {
            add("broker \(broker.number)", (broker.isUp ? "up" : "down") + (broker.isController ? ", controller" : ""))
        }
        for (number, fault) in view.ongoingFaults.enumerated() { add("fault \(number + 1)", fault.spelling) }
    }

    private static func state(of instance: InstanceView) -> String {
        let state = instance.isFrozen ? "stopped" : instance.isUp ? "up" : "down"
        return "\(state), life \(instance.life)"
    }

    private static func leader(_ partition: TopicView.Partition) -> String {
        partition.leader.map { ", led by broker \($0)" } ?? ", led by nobody"
    }

    private mutating func add(_ name: String, _ text: String) { lines.append((name, text)) }

    /// In what a later moment differs: nil stands for what is not there.
    public func differences(to later: StateLines) -> [(name: String, before: String?, after: String?)] {
        let old = Dictionary(lines.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(later.lines.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
        var differences: [(name: String, before: String?, after: String?)] = []
        for line in lines where new[line.name] != line.text {
            differences.append((line.name, line.text, new[line.name]))
        }
        for line in later.lines where old[line.name] == nil { differences.append((line.name, nil, line.text)) }
        return differences
    }
}

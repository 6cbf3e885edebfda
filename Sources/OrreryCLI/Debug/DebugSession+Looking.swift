import Foundation
import Harness
import Simulation

extension DebugSession {
    private var view: WorldView { travel.world.view }

    /// Every row of every store in which a word stands.
    func rows(mentioning word: String) -> [String] {
        let lines = view.services.flatMap { service in
            service.tables.flatMap { table in
                table.rows.filter { $0.mentions(word) }.map { "\(service.name) \(table.name) \($0.json)" }
            }
        }
        return lines.isEmpty ? ["no row mentions \(word) at \(travel.world.now)"] : Self.cut(lines)
    }

    func rows(_ words: [String]) throws -> [String] {
        guard let name = words.first else {
            throw DebugError("of which service? \(view.services.map(\.name).joined(separator: ", "))")
        }
        guard let service = view.services.first(where: { $0.name == name }) else {
            throw DebugError("there is no service '\(name)': \(view.services.map(\.name).joined(separator: ", "))")
        }
        guard words.count > 1 else { return service.tables.map { "\($0.name): \($0.count) rows" } }
        guard let table = service.table(words[1]) else {
            throw DebugError(
                "\(name) has no table '\(words[1])' yet: \(service.tables.map(\.name).joined(separator: ", "))")
        }
        return Self.cut(table.rows.filter { words.count < 3 || $0.mentions(words[2]) }.map(\.json))
    }

    var topics: [String] {
        view.topics.flatMap { topic in
            topic.partitions.map { partition in
                "\(topic.name)-\(partition.number): \(partition.start)..\(partition.highWatermark), "
                    + (partition.leader.map { "led by broker \($0)" } ?? "led by nobody")
            }
        }
    }

    func records(_ words: [String]) throws -> [String] {
        guard let name = words.first, let topic = view.topics.first(where: { $0.name == name }) else {
            throw DebugError("which topic? \(view.topics.map(\.name).joined(separator: ", "))")
        }
        let lines = topic.records.map { record in
            "\(name)-\(record.partition) @\(record.offset) \(record.at) \(record.type ?? "") \(record.key ?? "") \(record.value ?? "")"
        }
        return Self.cut(words.count > 1 ? lines.filter { $0.contains(words[1]) } : lines)
    }

    func groups(_ name: String?) throws -> [String] {
        let groups = view.services.filter { name == nil || $0.name == name || $0.group == name }.map(\.group)
        guard !groups.isEmpty else {
            throw DebugError("there is no group '\(name ?? "")': \(view.services.map(\.group).joined(separator: ", "))")
        }
        return groups.flatMap { name -> [String] in
            let group = view.group(name)
            let state = "\(name): \(group.state ?? "nobody coordinates it"), generation \(group.generation ?? 0)"
            return [state] + group.members.map { "  \($0.name): \($0.partitions.joined(separator: ", "))" }
                + group.offsets.map {
                    "  \($0.partition): committed \($0.committed ?? 0), end \($0.end), lag \($0.lag)"
                }
        }
    }

    var machines: [String] {
        view.brokers.map { broker in
            "broker \(broker.number): \(broker.isUp ? "up" : "DOWN")\(broker.isController ? ", controller" : ""), "
                + "leads \(broker.leads.count) partitions"
        }
            + view.services.flatMap(\.instances).map { instance in
                let state = instance.isFrozen ? "STOPPED" : instance.isUp ? "up" : "DOWN"
                return "\(instance.name): \(state), life \(instance.life), \(instance.effects) effects, "
                    + "\(instance.transactions) transactions"
            }
    }

    /// The faults of the run, and which of them have struck by now.
    var plan: [String] {
        let struck = travel.world.faultsSoFar
        guard !run.faults.isEmpty else { return ["no fault struck"] }
        return run.faults.enumerated().map { index, fault in
            "\(index + 1) \(struck.contains(fault) ? "struck " : "to come") \(fault.spelling)"
        }
    }

    private static func cut(_ lines: [String]) -> [String] {
        guard lines.count > limit else { return lines }
        return lines.prefix(limit) + ["… and \(lines.count - limit) more: add a word to choose by"]
    }
}

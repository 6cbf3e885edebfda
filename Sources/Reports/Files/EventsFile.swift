import Harness
import Kafka
import Services
import Simulation
import VirtualKafka

/// A history as text, an entry a line, in order of time: `docs/schemas/events.schema.json` says what a line holds.
struct EventsFile {
    /// The version of the lines; it changes when a key changes its meaning or goes.
    static let version = 1

    let result: RunResult
    /// The most lines.
    var limit = 200_000

    /// The file: a line that says what it is, then the entries. When there are too many, the last line says how many are
    /// missing.
    var text: String {
        let header = JSONValue.object([
            ("kind", .text("orrery-events")), ("version", .integer(Self.version)),
            ("scenario", .text(result.scenario.name)), ("seed", .integer(result.seed)),
            ("target", .text(result.target.rawValue)), ("end", .real((result.history.end - .zero).seconds)),
            ("topics", .array(result.history.topics.names.map(JSONValue.text))),
        ])
        var text = header.compact + "\n"
        for entry in result.history.entries.prefix(limit) { text += line(entry).compact + "\n" }
        let left = result.history.entries.count - limit
        if left > 0 {
            text += JSONValue.object([("kind", .text("left-out")), ("entries", .integer(left))]).compact + "\n"
        }
        return text
    }

    /// What is left out, a sentence each.
    var cuts: [String] {
        let count = result.history.entries.count
        return count <= limit ? [] : ["It has the first \(ReportSource.count(limit, "line")) of \(count)."]
    }

    private typealias Members = [(key: String, value: JSONValue)]

    /// Nanoseconds, so that what is read back is what was written.
    private func line(_ entry: History.Entry) -> JSONValue {
        let (kind, members) = describe(entry.event)
        return .object([("at", .integer(entry.at.nanoseconds)), ("kind", .text(kind))] + members)
    }

    private func describe(_ event: History.Event) -> (String, Members) {
        switch event {
        case .requested(let service, let request):
            var members: Members = [
                ("service", .text(service)), ("request", .integer(request.id)),
                ("method", .text(request.method.rawValue)), ("path", .text(request.path)),
            ]
            if let key = request.idempotencyKey { members.append(("idempotencyKey", .text(key))) }
            return ("requested", members + bytes("body", request.body))
        case .answered(let id, let response):
            return (
                "answered",
                [("request", .integer(id)), ("status", .integer(response.status))] + bytes("body", response.body)
            )
        case .appended(let partition, let offset, let record):
            var members = place(partition, offset)
            if let key = record.key { members += bytes("key", key) }
            if let value = record.value { members += bytes("value", value) }
            let headers = record.headers.map { JSONValue.array([.text($0.name), Self.value(of: $0.value)]) }
            return (
                "appended",
                members + [("headers", .array(headers)), ("timestamp", .integer(record.timestampMilliseconds))]
            )
        case .acknowledged(let partition, let offset, let name):
            return ("acknowledged", place(partition, offset) + [("by", .text(name))])
        case .ledger(let item):
            return (
                "ledger",
                [
                    ("entry", .text(item.kind)), ("subject", .text(item.subject.description)),
                    ("idempotencyKey", .text(item.idempotencyKey.description)), ("amount", .integer(item.amount)),
                    ("unit", .text(item.unit)),
                ]
            )
        case .called(let service, let call):
            return (
                "called",
                [
                    ("service", .text(service)), ("call", .text(call.id.description)),
                    ("attempt", .integer(call.attempt)), ("idempotencyKey", .text(call.idempotencyKey.description)),
                    ("subject", .text(call.key.description)),
                ] + bytes("body", call.payload)
            )
        case .fault(let action): return ("fault", [("fault", action.json)])
        case .redriven(let topic, let sent, let left):
            return ("redriven", [("topic", .text(topic)), ("sent", .integer(sent)), ("left", .integer(left))])
        case .instance(let name, let what): return ("instance", [("instance", .text(name)), ("what", .text(what))])
        case .cluster(let seen): return ("cluster", describe(seen))
        }
    }

    private func place(_ partition: TopicPartition, _ offset: Int64) -> Members {
        [
            ("topic", .text(result.history.topics.name(of: partition.topic))),
            ("partition", .integer(partition.partition)), ("offset", .integer(offset)),
        ]
    }

    /// Bytes as text; what is no UTF-8 as an array of numbers.
    private static func value(of bytes: [UInt8]) -> JSONValue {
        String(validating: bytes, as: UTF8.self).map(JSONValue.text) ?? .array(bytes.map { .integer($0) })
    }

    private func bytes(_ key: String, _ bytes: [UInt8]) -> Members { [(key, Self.value(of: bytes))] }

    /// Brokers count from 1, as everywhere.
    private func describe(_ seen: ClusterObservation) -> Members {
        func what(_ what: String, _ rest: Members = []) -> Members { [("what", .text(what))] + rest }
        func broker(_ broker: Int) -> Members { [("broker", .integer(broker + 1))] }
        func at(_ partition: TopicPartition) -> Members { Array(place(partition, 0).prefix(2)) }
        return switch seen {
        case .brokerCrashed(let number): what("broker-crashed", broker(number))
        case .brokerRestarted(let number): what("broker-restarted", broker(number))
        case .brokerFenced(let number): what("broker-fenced", broker(number))
        case .brokerUnfenced(let number): what("broker-unfenced", broker(number))
        case .controllerElected(let number): what("controller-elected", broker(number))
        case .controllerLost: what("controller-lost")
        case .leaderElected(let partition, let leader, let epoch):
            what(
                "leader-elected",
                at(partition) + [
                    ("broker", leader.map { .integer($0 + 1) } ?? .null), ("epoch", .integer(epoch)),
                ])
        case .inSyncReplicas(let partition, let brokers):
            what("in-sync-replicas", at(partition) + [("brokers", .array(brokers.map { .integer($0 + 1) }))])
        case .logStartMoved(let partition, let number, let to):
            what("log-start-moved", at(partition) + broker(number) + [("to", .integer(to))])
        case .recordsLost(let partition, let from, let to):
            what("records-lost", at(partition) + [("from", .integer(from)), ("to", .integer(to))])
        case .truncated(let partition, let number, let from, let to):
            what("truncated", at(partition) + broker(number) + [("from", .integer(from)), ("to", .integer(to))])
        case .generation(let group, let generation, let members):
            what(
                "generation",
                [("group", .text(group)), ("generation", .integer(generation)), ("members", .integer(members))])
        case .memberEvicted(let group, let client):
            what("member-evicted", [("group", .text(group)), ("client", .integer(client.rawValue))])
        case .offsetCommitted(let group, let partition, let offset):
            what("offset-committed", at(partition) + [("group", .text(group)), ("committed", .integer(offset))])
        }
    }
}

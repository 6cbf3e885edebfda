import Foundation
import Harness
import Kafka
import Services
import Simulation
import VirtualKafka

/// Reads what `EventsFile` has written, as far as pictures and stories need it.
struct EventsReader {
    /// Why a file cannot be read.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private(set) var history = History()

    /// - Parameter faults: reads the object of a fault action.
    init(_ text: String, faults: (Any) -> FaultAction?) throws(Failure) {
        var number = 0
        for line in text.split(separator: "\n") {
            number += 1
            guard let object = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any],
                let kind = object["kind"] as? String
            else { throw Failure(description: "line \(number) is no JSON object with a 'kind'") }
            let fields = Fields(object: object)
            if kind == "orrery-events" {
                guard fields.integer("version") == Int64(EventsFile.version) else {
                    throw Failure(
                        description: "it is of another version than \(EventsFile.version): run the scenario again")
                }
                for topic in object["topics"] as? [String] ?? [] { _ = history.topics.intern(topic) }
                history.end = .zero + .nanoseconds(Int64(((object["end"] as? Double) ?? 0) * 1e9))
            } else if let at = fields.integer("at"), let event = event(kind, fields, faults) {
                history.entries.append(.init(at: Instant(nanoseconds: at), event: event))
            }
        }
    }

    private struct Fields {
        let object: [String: Any]

        func text(_ key: String) -> String { object[key] as? String ?? "" }
        func integer(_ key: String) -> Int64? { (object[key] as? NSNumber)?.int64Value }
        func unsigned(_ key: String) -> UInt64 { (object[key] as? NSNumber)?.uint64Value ?? 0 }
        func bytes(_ key: String) -> [UInt8]? { Self.bytes(object[key]) }

        static func bytes(_ value: Any?) -> [UInt8]? {
            if let text = value as? String { return Array(text.utf8) }
            return (value as? [NSNumber])?.map(\.uint8Value)
        }

        func identifier(_ key: String) -> Identifier { Identifier(text(key)) ?? Identifier(literal: "unknown") }
        func id(_ key: String) -> UniqueID { UniqueID(uuid: Array(text(key).utf8)) ?? UniqueID(high: 0, low: 0) }
        /// Brokers count from 1 in files, from 0 in the cluster.
        var broker: Int? { integer("broker").map { Int($0) - 1 } }
    }

    private mutating func place(_ fields: Fields) -> TopicPartition {
        TopicPartition(history.topics.intern(fields.text("topic")), Int32(fields.integer("partition") ?? 0))
    }

    /// Nil for what no picture shows.
    private mutating func event(
        _ kind: String, _ fields: Fields, _ faults: (Any) -> FaultAction?
    ) -> History.Event? {
        switch kind {
        case "requested":
            let request = Request(
                id: fields.unsigned("request"), method: .init(rawValue: fields.text("method")) ?? .get,
                path: fields.text("path"), idempotencyKey: fields.object["idempotencyKey"] as? String,
                body: fields.bytes("body") ?? [])
            return .requested(service: fields.text("service"), request)
        case "answered":
            let response = Response(status: Int(fields.integer("status") ?? 0), body: fields.bytes("body") ?? [])
            return .answered(request: fields.unsigned("request"), response)
        case "appended":
            let headers = (fields.object["headers"] as? [[Any]] ?? []).compactMap { pair -> Header? in
                guard pair.count == 2, let name = pair[0] as? String else { return nil }
                return Header(name: name, value: Fields.bytes(pair[1]) ?? [])
            }
            let record = Record(
                key: fields.bytes("key"), value: fields.bytes("value"), headers: headers,
                timestampMilliseconds: fields.integer("timestamp") ?? 0)
            return .appended(place(fields), offset: fields.integer("offset") ?? 0, record)
        case "acknowledged":
            return .acknowledged(place(fields), offset: fields.integer("offset") ?? 0, by: fields.text("by"))
        case "ledger":
            return .ledger(
                LedgerEntry(
                    kind: fields.text("entry"), subject: fields.identifier("subject"),
                    idempotencyKey: fields.id("idempotencyKey"), amount: fields.integer("amount") ?? 0,
                    unit: fields.text("unit")))
        case "called":
            let call = ProviderCall(
                id: fields.id("call"), attempt: Int(fields.integer("attempt") ?? 1),
                idempotencyKey: fields.id("idempotencyKey"), key: fields.identifier("subject"),
                payload: fields.bytes("body") ?? [])
            return .called(service: fields.text("service"), call)
        case "fault": return fields.object["fault"].flatMap(faults).map { .fault($0) }
        case "redriven":
            return .redriven(
                topic: fields.text("topic"), sent: Int(fields.integer("sent") ?? 0),
                left: Int(fields.integer("left") ?? 0))
        case "instance": return .instance(name: fields.text("instance"), fields.text("what"))
        case "cluster": return cluster(fields).map { .cluster($0) }
        default: return nil
        }
    }

    private mutating func cluster(_ fields: Fields) -> ClusterObservation? {
        switch (fields.text("what"), fields.broker) {
        case ("broker-crashed", let broker?): .brokerCrashed(broker)
        case ("broker-restarted", let broker?): .brokerRestarted(broker)
        case ("broker-fenced", let broker?): .brokerFenced(broker)
        case ("broker-unfenced", let broker?): .brokerUnfenced(broker)
        case ("controller-elected", let broker?): .controllerElected(broker)
        case ("controller-lost", _): .controllerLost
        case ("leader-elected", let broker):
            .leaderElected(place(fields), broker: broker, epoch: Int32(fields.integer("epoch") ?? 0))
        case ("records-lost", _):
            .recordsLost(place(fields), from: fields.integer("from") ?? 0, to: fields.integer("to") ?? 0)
        case ("generation", _):
            .generation(
                group: fields.text("group"), Int32(fields.integer("generation") ?? 0),
                members: Int(fields.integer("members") ?? 0))
        case ("offset-committed", _):
            .offsetCommitted(group: fields.text("group"), place(fields), fields.integer("committed") ?? 0)
        default: nil
        }
    }
}

import Harness
import Kafka
import Reports
import Services
import Simulation
import VirtualKafka

/// What a step of a run brought, in words.
struct HappeningText {
    let topics: TopicTable

    /// One line; nil for what nobody wants to read (a broker's bookkeeping).
    func line(_ happening: TimeTravel.Happening) -> String? {
        switch happening {
        case .entry(let entry): line(entry.event)
        case .passage(let passage): line(passage.event)
        }
    }

    private func line(_ event: History.Event) -> String? {
        switch event {
        case .requested(let service, let request):
            "client → \(service): \(request.method.rawValue) \(request.path) \(text(request.body))"
        case .answered(let request, let response):
            "client ← \(response.status) to request \(request) \(text(response.body))"
        case .appended(let place, let offset, let record): "\(topics.describe(place)) @\(offset) \(describe(record))"
        case .acknowledged(let place, let offset, let writer):
            "\(writer) was acknowledged \(topics.describe(place)) @\(offset)"
        case .called(let service, let call):
            "\(service) calls its provider for \(call.key), attempt \(call.attempt): \(text(call.payload))"
        case .ledger(let item): "provider books \(item.kind) of \(item.amount) \(item.unit) for \(item.subject)"
        case .fault(let action): "FAULT \(action.sentence)"
        case .instance(let name, let what): "\(name) \(what)"
        case .redriven(let topic, let sent, _): "\(sent) letters of \(topic) were sent back"
        case .cluster(let observation): "cluster: \(observation)"
        }
    }

    private func line(_ event: Passage.Event) -> String? {
        switch event {
        case .requestArrived(let request, let instance): "request \(request) arrives at \(instance)"
        case .answerSent(let request, let instance): "\(instance) answers request \(request)"
        case .recordSent(let instance, let topic, let record):
            "\(instance) → topic \(topics.name(of: topic)): \(describe(record))"
        case .recordsFetched(let instance, let place, let offsets):
            "\(instance) ← \(topics.describe(place)) @\(offsets.map(String.init).joined(separator: ","))"
        case .transactionBegan(let instance, let number, let contents):
            "\(instance) begins transaction \(number): \(contents)"
        case .transactionEnded(let instance, let fate, _):
            "\(instance) \(fate.map { "transaction: \($0)" } ?? "commits")"
        case .called: nil
        case .callArrived(let instance, let call): "provider ← \(instance): call for \(call.key)"
        case .callAnswered(_, let attempt, let body):
            "provider answers attempt \(attempt): \(body.map(text) ?? "not now")"
        case .callAnswerArrived(let instance, _, let attempt): "\(instance) ← provider's answer to attempt \(attempt)"
        }
    }

    private func describe(_ record: Record) -> String {
        let type = record.header("ce_type").map { String(decoding: $0, as: UTF8.self) } ?? "a record"
        return "\(type) of \(text(record.key ?? []))"
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(160), as: UTF8.self) }
}

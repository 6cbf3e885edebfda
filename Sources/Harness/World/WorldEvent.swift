import Kafka
import Services
import Simulation
import VirtualKafka

/// Something that is going to happen. Events of a process name the life they belong to: they die with it.
enum WorldEvent: Sendable {
    case kafka(KafkaEvent)
    case timer(process: Int32, life: Int32, Timer)
    /// The store commits a batch, or fails to.
    case commit(process: Int32, life: Int32, Batch, StoreFate?)
    case restart(process: Int32, life: Int32)
    /// The process is asked to come to an orderly end (SIGTERM).
    case stop(process: Int32, life: Int32)
    case environmentTimer(UInt64)
    case request(process: Int32, Request)
    case refused(request: UInt64)
    case response(request: UInt64, Response)
    case call(process: Int32, life: Int32, ProviderCall, ProviderFate?)
    case answer(process: Int32, life: Int32, call: UniqueID, attempt: Int, body: [UInt8]?)
    /// A record that was held back, or is sent again.
    case send(process: Int32, life: Int32, TopicID, Record, tag: UInt64)
    /// A record that was dropped: its producer gives it up.
    case drop(process: Int32, life: Int32, TopicID, Record, tag: UInt64)
    /// The stranger sends a record.
    case strange(TopicID, Record)
    /// The consumer that disturbs a group joins it, or leaves it; the number is its place among the storms.
    case storm(Int)
    /// A fault that has its time begins or ends; the number is its place in the injector's list.
    case faultBegins(Int)
    case faultEnds(Int)
    /// Message faults begin or end by rate.
    case faultsOpen
    /// The invariants of the cluster are looked at.
    case inspect
    case heal
    case checkSettled

    /// Folds what identifies the event. The bookkeeping of faults is left out: a run whose faults come from a plan is
    /// the same run.
    func fold(into trace: inout TraceHash) {
        switch self {
        case .kafka(let event):
            VirtualCluster.fold(event, into: &trace)
        case .timer(let process, let life, _):
            trace.fold(UInt64(1) << 56 | UInt64(process) << 24 | UInt64(life))
        case .commit(let process, let life, let batch, _):
            trace.fold(UInt64(2) << 56 | UInt64(process) << 24 | UInt64(life))
            trace.fold(batch.id)
            trace.fold(batch.itemCount)
        case .restart(let process, let life):
            trace.fold(UInt64(3) << 56 | UInt64(process) << 24 | UInt64(life))
        case .environmentTimer(let id):
            trace.fold(UInt64(4) << 56 ^ id)
        case .request(let process, let request):
            trace.fold(UInt64(5) << 56 | UInt64(process))
            trace.fold(request.id)
            trace.fold(request.body)
        case .refused(let request):
            trace.fold(UInt64(6) << 56 ^ request)
        case .response(let request, let response):
            trace.fold(UInt64(7) << 56 ^ request)
            trace.fold(response.body)
        case .call(let process, let life, let call, _):
            trace.fold(UInt64(8) << 56 | UInt64(process) << 24 | UInt64(life))
            trace.fold(call.idempotencyKey.high)
            trace.fold(call.payload)
        case .answer(let process, let life, let call, let attempt, let body):
            trace.fold(UInt64(9) << 56 | UInt64(process) << 24 | UInt64(life))
            trace.fold(call.high)
            trace.fold(attempt)
            trace.fold(body?.count ?? -1)
        case .send(let process, let life, let topic, let record, let tag):
            trace.fold(UInt64(10) << 56 | UInt64(process) << 24 | UInt64(life))
            trace.fold(UInt64(topic.rawValue) << 32 ^ tag)
            trace.fold(record.value ?? [])
        case .strange(let topic, let record):
            trace.fold(UInt64(11) << 56 | UInt64(topic.rawValue))
            trace.fold(record.value ?? [])
        case .checkSettled:
            trace.fold(UInt64(12) << 56)
        case .storm(let number):
            trace.fold(UInt64(13) << 56 | UInt64(number))
        case .stop(let process, let life):
            trace.fold(UInt64(14) << 56 | UInt64(process) << 24 | UInt64(life))
        case .drop(let process, let life, let topic, _, let tag):
            trace.fold(UInt64(15) << 56 | UInt64(process) << 24 | UInt64(life))
            trace.fold(UInt64(topic.rawValue) << 32 ^ tag)
        case .faultBegins, .faultEnds, .faultsOpen, .inspect, .heal:
            break
        }
    }

    /// The process that the event happens to, and that has to run for it.
    var process: Int32? {
        switch self {
        case .timer(let process, _, _), .commit(let process, _, _, _), .request(let process, _),
            .answer(let process, _, _, _, _), .send(let process, _, _, _, _), .drop(let process, _, _, _, _),
            .stop(let process, _):
            process
        default: nil
        }
    }

    /// Whether the event is the harness's own bookkeeping, and no event of the run.
    var isBookkeeping: Bool {
        switch self {
        case .faultBegins, .faultEnds, .faultsOpen, .inspect, .heal: true
        default: false
        }
    }
}

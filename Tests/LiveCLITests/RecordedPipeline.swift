import Foundation
import Harness
import Kafka
import Live
import OrderTestbed
import Orders
import Services
import Simulation
import Stores

@testable import OrreryLive

/// All services of the order system, one instance each, by hand and without Kafka: what one of them sends, the others
/// read at once. Every instance is recorded.
final class RecordedPipeline {
    private final class Process {
        let service: any Service
        var instance: Instance
        let store = MemoryStore()
        let recorder: FlightRecorder
        var signals: [Signal] = []

        init(service: any Service, instance: Instance, recorder: FlightRecorder) {
            self.service = service
            self.instance = instance
            self.recorder = recorder
        }
    }

    private var processes: [Process] = []
    private let desk = MemoryStore()
    private let messenger: String?
    private var now = Instant.zero
    private var offsets: [TopicPartition: Int64] = [:]
    private(set) var responses: [Response] = []

    /// - Parameter claimed: the system that the recordings say they are of.
    init(_ system: OrderSystemUnderTest, claiming claimed: OrderSystemUnderTest, recordings: String) {
        var topics = TopicTable()
        for topic in system.topics { _ = topics.intern(topic.name) }
        messenger = system.blueprint.blueprint.participant(.notification)?.name
        var scenario = Scenario(system: claimed)
        scenario.purpose = "The system that was recorded."
        let text = ScenarioFile.write(scenario)
        var settings = RuntimeSettings()
        settings.policies = system.policies
        let id = InstanceID(number: 1, incarnation: 1)
        for (index, service) in system.services(topics: topics).enumerated() {
            let header = FlightHeader(
                program: "orrery", name: "\(service.name)/1", id: id, service: service, settings: settings,
                seed: UInt64(index), clock: LiveClock(), system: text)
            let instance = Instance(id: id, of: service, settings: settings, draws: Draws(seed: UInt64(index)))
            let process = Process(
                service: service, instance: instance,
                recorder: FlightRecorder(directory: recordings, header: header) { _ in })
            process.signals = [.started, .assigned(service.subscriptions.map { TopicPartition($0, 0) })]
            processes.append(process)
        }
    }

    func ask(_ service: String, _ request: Request) {
        processes.first { $0.service.name == service }?.signals.append(.request(request))
        settle()
    }

    /// Lets all services stop and their recordings end.
    func stop() {
        for process in processes { process.signals.append(.stop) }
        settle()
        for process in processes { process.recorder.ended("stopped") }
    }

    /// Until nobody has anything to hear.
    private func settle() {
        while let process = processes.first(where: { !$0.signals.isEmpty }) {
            let signal = process.signals.removeFirst()
            now = now + .microseconds(300)
            var effects: [Effect] = []
            process.recorder.received(signal, at: now)
            process.instance.receive(signal, at: now, into: &effects)
            process.recorder.answered(effects)
            for effect in effects { carryOut(effect, of: process) }
        }
    }

    private func carryOut(_ effect: Effect, of process: Process) {
        switch effect {
        case .transact(let batch):
            do {
                let outcome = try process.store.transact { workingSet in
                    try process.recorder.perform(batch, of: process.instance, in: workingSet, at: now)
                }
                process.signals.append(.committed(outcome))
            } catch {
                process.signals.append(.transactionFailed(batch: batch.id))
            }
        case .produce(let tag, let topic, let record):
            process.signals.append(.delivered(tag: tag))
            arrive(record, in: TopicPartition(topic, 0))
        case .commitOffsets: process.signals.append(.offsetsCommitted(.none))
        case .call(let call):
            let provider: SandboxProvider = process.service.name == messenger ? .messages : .payments
            guard let body = try? desk.transact({ try provider.reply(to: call, in: $0, at: now) }) else { return }
            process.signals.append(.answered(call: call.id, attempt: call.attempt, body))
        case .respond(_, let response): responses.append(response)
        default: break
        }
    }

    private func arrive(_ record: Record, in partition: TopicPartition) {
        let offset = offsets[partition, default: 0]
        offsets[partition] = offset + 1
        for process in processes where process.service.subscriptions.contains(partition.topic) {
            process.signals.append(
                .records(partition, [ConsumerRecord(partition: partition, offset: offset, record: record)]))
        }
    }
}

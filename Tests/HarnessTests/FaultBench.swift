import Harness
import Kafka
import Services
import Simulation
import Testing
import VirtualKafka

/// One kind of fault, and what has to be seen of it in the history of a run of the courier.
struct FaultLine: Sendable, CustomTestStringConvertible {
    /// As scenario files spell it.
    let kind: String
    /// What is special about this line, where a kind has several.
    let variant: String
    let plan: [FaultAction]
    let configure: @Sendable (inout Scenario) -> Void
    /// Whether the system gets over it.
    let isSurvived: Bool
    /// Whether the run, compared with one without the fault, shows the effect.
    let effect: @Sendable (_ run: RunResult, _ calm: RunResult) -> Bool

    init(
        _ kind: String, _ variant: String, _ plan: [FaultAction], isSurvived: Bool = true,
        configure: @escaping @Sendable (inout Scenario) -> Void = { _ in },
        effect: @escaping @Sendable (_ run: RunResult, _ calm: RunResult) -> Bool
    ) {
        self.kind = kind
        self.variant = variant
        self.plan = plan
        self.isSurvived = isSurvived
        self.configure = configure
        self.effect = effect
    }

    /// A kind with one line.
    init(
        _ kind: String, _ plan: [FaultAction], configure: @escaping @Sendable (inout Scenario) -> Void = { _ in },
        effect: @escaping @Sendable (_ run: RunResult, _ calm: RunResult) -> Bool
    ) {
        self.init(kind, "", plan, configure: configure, effect: effect)
    }

    var testDescription: String { variant.isEmpty ? kind : "\(kind): \(variant)" }

    /// Parcels come for six seconds.
    func scenario(isCalm: Bool) -> Scenario {
        var scenario = Scenario(system: Courier(parcels: 60, interval: .milliseconds(100)))
        scenario.rates.until = .seconds(16)
        // Both are healed at the same time.
        scenario.plan = isCalm ? [.redriveDeadLetters(topic: "parcels.dlq", at: .zero + .milliseconds(1))] : plan
        configure(&scenario)
        return scenario
    }
}

extension RunResult {
    /// When faults of these tests begin.
    static let moment = Instant.zero + .seconds(2)

    /// What operators saw from the fault on.
    var observations: [ClusterObservation] {
        history.entries.compactMap { entry in
            if entry.at >= Self.moment, case .cluster(let observation) = entry.event { observation } else { nil }
        }
    }

    func sees(_ isWanted: (ClusterObservation) -> Bool) -> Bool { observations.contains(where: isWanted) }

    /// The records of a topic, of one key unless it is nil.
    func appended(to topic: String, key: String? = nil) -> [(at: Instant, place: TopicPartition, offset: Int64, Record)]
    {
        history.entries.compactMap { entry in
            guard case .appended(let place, let offset, let record) = entry.event,
                history.topics.name(of: place.topic) == topic, key == nil || record.key == key.map({ Array($0.utf8) })
            else { return nil }
            return (entry.at, place, offset, record)
        }
    }

    func isAcknowledged(_ place: TopicPartition, _ offset: Int64) -> Bool {
        history.entries.contains { entry in
            if case .acknowledged(place, offset, _) = entry.event { true } else { false }
        }
    }

    /// From each request to its first answer, for those that were sent in a time.
    func latencies(from begin: Duration = .zero, to end: Duration = .seconds(100)) -> [Duration] {
        var sent: [UInt64: Instant] = [:]
        var latencies: [Duration] = []
        for entry in history.entries {
            switch entry.event {
            case .requested(_, let request): if sent[request.id] == nil { sent[request.id] = entry.at }
            case .answered(let id, _):
                guard let at = sent[id], at < .distantFuture else { continue }
                if at >= .zero + begin, at < .zero + end { latencies.append(entry.at - at) }
                sent[id] = .distantFuture
            default: break
            }
        }
        return latencies
    }

    var slowest: Duration { latencies().max() ?? .zero }

    /// The longest time from an append to its acknowledgement.
    var slowestAcknowledgement: Duration {
        var appended: [String: Instant] = [:]
        var longest = Duration.zero
        for entry in history.entries {
            switch entry.event {
            case .appended(let place, let offset, _): appended["\(place) \(offset)"] = entry.at
            case .acknowledged(let place, let offset, _):
                if let from = appended["\(place) \(offset)"] { longest = max(longest, entry.at - from) }
            default: break
            }
        }
        return longest
    }

    /// When answers came.
    var answers: [Instant] {
        history.entries.compactMap { if case .answered = $0.event { $0.at } else { nil } }
    }

    /// How often the request that was answered most often was answered.
    var mostAnswers: Int {
        var counts: [UInt64: Int] = [:]
        for entry in history.entries {
            if case .answered(let id, _) = entry.event { counts[id, default: 0] += 1 }
        }
        return counts.values.max() ?? 0
    }

    /// When the depot has called the scales, for one parcel unless it is nil.
    func calls(for parcel: String? = nil) -> [Instant] {
        history.entries.compactMap { entry in
            guard case .called(_, let call) = entry.event, parcel == nil || call.key.description == parcel else {
                return nil
            }
            return entry.at
        }
    }

    /// What became of an instance from the beginning of the fault on.
    func life(of instance: String) -> [String] {
        history.entries.compactMap { entry in
            if case .instance(instance, let what) = entry.event, entry.at >= Self.moment { what } else { nil }
        }
    }

    /// How many members the generations of the depot's group had, from the fault on.
    var members: [Int] {
        observations.compactMap { if case .generation("stampers", _, let members) = $0 { members } else { nil } }
    }
}

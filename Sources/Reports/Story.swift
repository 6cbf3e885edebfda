import Harness
import Kafka
import Services
import Simulation

/// What happened to one order (or product, or partition), in order of time.
struct Story {
    /// One thing that happened.
    struct Step {
        var at: Instant
        /// Who did it: an instance, `client`, `provider`. Nil for what befell `to` without anybody's doing.
        var from: String?
        /// Whom or what it reached: an instance, a topic.
        var to: String
        var what: String
        /// JSON, for example.
        var detail = ""
        /// Answers are drawn with dashes.
        var isAnswer = false
        /// Whether the step is the subject's own; faults and crashes around it are not.
        var isOwn = true
    }

    /// The most steps that a reader wants to see.
    static let limit = 60

    /// Where a name belongs in a picture: `payment` for `payment/1`, since any instance may go on with the work.
    static func lane(of name: String) -> String { name.split(separator: "/").first.map(String.init) ?? name }

    var steps: [Step]
    /// How many steps were left out.
    var omitted: Int

    init(of violation: Violation, in history: History) {
        let collected = StoryCollector(subject: violation.subject, history: history).steps
        // The subject's own steps come first, then what is nearest to the moment of the violation.
        let ranked = collected.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            if a.isOwn != b.isOwn { return a.isOwn }
            let (near, far) = (a.at.distance(to: violation.at), b.at.distance(to: violation.at))
            return near != far ? near < far : left.offset < right.offset
        }
        let kept = ranked.prefix(Self.limit).sorted { $0.offset < $1.offset }
        steps = kept.map(\.element)
        omitted = collected.count - steps.count
    }
}

extension Instant {
    /// How far two moments are apart, whichever is earlier.
    func distance(to other: Instant) -> Duration { self < other ? other - self : self - other }
}

/// Finds the steps of a story in a history.
private struct StoryCollector {
    let subject: String
    let history: History
    private let bytes: [UInt8]
    private let word: Word

    init(subject: String, history: History) {
        self.subject = subject
        self.history = history
        bytes = Array(subject.utf8)
        word = Word(subject)
    }

    private struct Place: Hashable {
        var partition: TopicPartition
        var offset: Int64
    }

    var steps: [Story.Step] {
        var services: [UInt64: String] = [:]
        var requests: Set<UInt64> = []
        var writers: [Place: String] = [:]
        for entry in history.entries {
            switch entry.event {
            case .requested(let service, let request):
                services[request.id] = service
                if mentions(Array(request.path.utf8)) || mentions(request.body) { requests.insert(request.id) }
            case .answered(let id, let response):
                // Who places an order learns its id from the answer.
                if mentions(response.body) { requests.insert(id) }
            case .acknowledged(let partition, let offset, let writer):
                writers[Place(partition: partition, offset: offset)] = writer
            default: break
            }
        }
        var steps: [Story.Step] = []
        for entry in history.entries {
            switch entry.event {
            case .requested(let service, let request) where requests.contains(request.id):
                let key = request.idempotencyKey.map { " (idempotency key \($0))" } ?? ""
                steps.append(
                    .init(
                        at: entry.at, from: "client", to: service,
                        what: "\(request.method.rawValue) \(request.path)\(key)", detail: text(request.body)))
            case .answered(let id, let response) where requests.contains(id):
                steps.append(
                    .init(
                        at: entry.at, from: services[id] ?? "service", to: "client", what: "\(response.status)",
                        detail: text(response.body), isAnswer: true))
            case .appended(let partition, let offset, let record)
            where isOwn(record) || isOwn(partition, offset) || isLetter(record):
                steps.append(
                    .init(
                        at: entry.at, from: writers[Place(partition: partition, offset: offset)],
                        to: topic(history.topics.name(of: partition.topic)),
                        what: "\(name(of: record)), partition \(partition.partition), offset \(offset)",
                        detail: text(record.value ?? [])))
            case .called(let service, let call) where call.key.description == subject:
                steps.append(
                    .init(
                        at: entry.at, from: service, to: "provider", what: "call, attempt \(call.attempt)",
                        detail: text(call.payload)))
            case .ledger(let item) where item.subject.description == subject:
                steps.append(
                    .init(
                        at: entry.at, from: nil, to: "provider",
                        what: item.amount == 0
                            ? "\(item.kind): \(item.unit)" : "\(item.kind) \(item.amount) minor units of \(item.unit)",
                        detail: "idempotency key \(item.idempotencyKey)"))
            default: break
            }
        }
        return (steps + surroundings(of: steps)).enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    /// The faults that struck the subject, and those that struck whoever took part while the story went on.
    private func surroundings(of steps: [Story.Step]) -> [Story.Step] {
        guard let begin = steps.map(\.at).min(), let end = steps.map(\.at).max() else { return [] }
        // An instance takes part as a whole service: another of its instances may have to take over.
        let services = Set(steps.flatMap { [$0.from, $0.to] }.compactMap { $0.map(Story.lane) })
        var found = poison(before: begin)
        for entry in history.entries where begin <= entry.at && entry.at <= end {
            switch entry.event {
            case .instance(let name, let what) where services.contains(Story.lane(of: name)):
                found.append(.init(at: entry.at, from: nil, to: name, what: what, isOwn: false))
            case .fault(let action):
                if let (place, isOwn) = place(of: action, among: services) {
                    found.append(.init(at: entry.at, from: nil, to: place, what: action.sentence, isOwn: isOwn))
                }
            default: break
            }
        }
        return found
    }

    /// Who wrote what stands at a place in a log, if it was meant as a fault: the last such record before it was there.
    private func poison(before moment: Instant) -> [Story.Step] {
        guard subject.contains("@") else { return [] }
        let last = history.entries.last { entry in
            guard entry.at <= moment, case .fault(.poison(_, let topic, _, _)) = entry.event else { return false }
            return subject.hasPrefix("\(topic)-")
        }
        guard let last, case .fault(let action) = last.event, case .poison(_, let name, _, _) = action else {
            return []
        }
        return [.init(at: last.at, from: "stranger", to: topic(name), what: action.sentence)]
    }

    /// Where a fault belongs in the picture; nil when it has nothing to do with the story.
    private func place(of action: FaultAction, among services: Set<String>) -> (String, isOwn: Bool)? {
        switch action {
        case .duplicateRecord(let place, _), .delayRecord(let place, _), .reorderRecord(let place, _),
            .dropRecord(let place, _):
            place.key == subject ? (topic(place.topic), true) : nil
        case .provider(let place, _): place.subject.description == subject ? ("provider", true) : nil
        case .failHandler(let place, _): place.key == subject ? (place.service, true) : nil
        case .providerOutage: ("provider", false)
        case .store(let instance, _, _): services.contains(Story.lane(of: instance)) ? (instance, false) : nil
        case .crashBroker, .crashController, .slowDisk, .pauseBroker, .electUnclean, .moveLeader, .moveCoordinator,
            .addPartitions, .rebalanceStorm, .partition, .slowLink, .redriveDeadLetters:
            ("Kafka", false)
        case .freezeInstance(let instance, _, _), .stallConsumer(let instance, _, _), .skewClock(let instance, _, _, _):
            services.contains(Story.lane(of: instance)) ? (instance, false) : nil
        case .scale(let service, _, _, _), .fullDisk(let service, _, _):
            services.contains(service) ? (service, false) : nil
        // The instance itself is seen to crash; messages and poison have no order to belong to.
        case .crashInstance, .killInstance, .loseMessage, .duplicateMessage, .delayMessage, .poison: nil
        }
    }

    /// Topics and services may share names.
    private func topic(_ name: String) -> String { "topic \(name)" }

    private func isOwn(_ record: Record) -> Bool {
        record.key == bytes || record.key == nil && mentions(record.value ?? [])
    }

    /// The subject may be a place in a log: `orders-0@17`.
    private func isOwn(_ partition: TopicPartition, _ offset: Int64) -> Bool {
        subject.hasSuffix("@\(offset)") && subject == "\(history.topics.describe(partition))@\(offset)"
    }

    /// Whether the record is the dead letter of that place.
    private func isLetter(_ record: Record) -> Bool {
        guard subject.contains("@"), let topic = record.header(DeadLetterHeader.topic),
            let partition = record.header(DeadLetterHeader.partition),
            let offset = record.header(DeadLetterHeader.offset)
        else { return false }
        return subject == "\(text(topic))-\(text(partition))@\(text(offset))"
    }

    /// The event's type, from its CloudEvents header.
    private func name(of record: Record) -> String {
        record.header("ce_type").map { String(decoding: $0, as: UTF8.self) } ?? "a record"
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(400), as: UTF8.self) }

    private func mentions(_ text: [UInt8]) -> Bool { word.stands(in: text) }
}

import Harness
import Kafka
import Services
import Simulation

/// Messages and their ways: what the history tells of them, joined with what was seen pass.
extension Recorder {
    mutating func recordTraffic() {
        var requests = RequestTrail()
        var writers: [Place: String] = [:]
        for entry in history.entries {
            switch entry.event {
            case .acknowledged(let partition, let offset, let writer):
                writers[Place(partition: partition, offset: offset)] = writer
            default: break
            }
        }
        var sends = SendTrail(observation?.passages ?? [])
        var records: [Place: Int] = [:]
        for entry in history.entries {
            switch entry.event {
            case .requested(let service, let request):
                requests.add(request, to: service, message: addMessage(for: request, at: entry.at), at: entry.at)
            case .answered(let id, let response):
                add(response, to: id, at: entry.at, &requests)
            case .appended(let partition, let offset, let record):
                let place = Place(partition: partition, offset: offset)
                let message = addMessage(for: record, at: place, entry.at)
                records[place] = message
                let sent = sends.take(record, to: partition.topic, before: entry.at)
                let writer = sent?.by ?? writers[place] ?? (observation == nil ? nil : "stranger")
                guard let from = writer.flatMap(lane), let to = leader(of: self.partition(partition), at: entry.at)
                else {
                    continue
                }
                recording.arrows.append(
                    .init(message: message, from: from, to: to, start: sent?.at ?? entry.at, end: entry.at))
            case .called(let service, let call) where observation == nil:
                addCall(call, by: service, from: entry.at, to: entry.at)
            default: break
            }
        }
        addUnacknowledged(&sends)
        guard let observation else { return }
        requests.follow(observation.passages)
        addRequestArrows(requests)
        addReads(observation.passages, records)
        addCalls(observation.passages)
        addTransactions(observation)
    }

    struct Place: Hashable {
        var partition: TopicPartition
        var offset: Int64
    }

    mutating func add(_ message: Recording.Message) -> Int {
        recording.messages.append(message)
        return recording.messages.count - 1
    }

    // MARK: Requests

    private mutating func addMessage(for request: Request, at moment: Instant) -> Int {
        let key = request.idempotencyKey.map { " (idempotency key \($0))" } ?? ""
        return add(
            .init(
                kind: .request, title: "\(request.method.rawValue) \(request.path)\(key)",
                detail: Self.text(request.body),
                subjects: subjects.mentioned(in: Array(request.path.utf8) + [0x20] + request.body), at: moment))
    }

    private mutating func add(_ response: Response, to id: UInt64, at moment: Instant, _ requests: inout RequestTrail) {
        let about = subjects.mentioned(in: response.body)
        let message = add(
            .init(
                kind: .answer, title: "\(response.status)", detail: Self.text(response.body), subjects: about,
                at: moment))
        if let asked = requests.answer(id, message: message, at: moment) {
            // Who places an order learns its id from the answer.
            for subject in about where !recording.messages[asked.message].subjects.contains(subject) {
                recording.messages[asked.message].subjects.append(subject)
            }
            if about.isEmpty { recording.messages[message].subjects = recording.messages[asked.message].subjects }
            guard observation == nil, let client = lane("client"), let service = lane(asked.service) else { return }
            recording.arrows.append(
                .init(message: asked.message, from: client, to: service, start: asked.at, end: asked.at))
            recording.arrows.append(.init(message: message, from: service, to: client, start: moment, end: moment))
        }
    }

    private mutating func addRequestArrows(_ requests: RequestTrail) {
        guard let client = lane("client") else { return }
        for trail in requests.all {
            if let (place, at) = trail.arrived, let instance = lane(place) {
                recording.arrows.append(
                    .init(message: trail.message, from: client, to: instance, start: trail.at, end: at))
                if let answer = trail.answer {
                    recording.arrows.append(
                        .init(
                            message: answer.message, from: trail.answerSent.flatMap { lane($0.by) } ?? instance,
                            to: client,
                            start: trail.answerSent?.at ?? answer.at, end: answer.at))
                } else if let (by, at) = trail.answerSent {
                    let lost = add(.init(kind: .answer, title: "an answer that was lost", at: at))
                    recording.messages[lost].subjects = recording.messages[trail.message].subjects
                    recording.arrows.append(
                        .init(isLost: true, message: lost, from: lane(by) ?? instance, to: client, start: at, end: at))
                }
            } else if let service = recording.lanes.firstIndex(where: { $0.family == trail.service }) {
                recording.arrows.append(
                    .init(
                        isLost: true, message: trail.message, from: client, to: service, start: trail.at, end: trail.at)
                )
            }
        }
    }

    // MARK: Records

    private mutating func addMessage(for record: Record, at place: Place, _ moment: Instant) -> Int {
        let type = record.header("ce_type").map { Self.text($0) } ?? "a record"
        let source = record.header(DeadLetterHeader.topic).map { topic in
            let partition = Self.text(record.header(DeadLetterHeader.partition) ?? [])
            let offset = Self.text(record.header(DeadLetterHeader.offset) ?? [])
            return "\(Self.text(topic))-\(partition)@\(offset)"
        }
        let own = "\(history.topics.describe(place.partition))@\(place.offset)"
        let about = subjects(of: record, at: source == wanted?.name ? source : own)
        return add(
            .init(
                kind: .record, title: type + (source.map { ", a dead letter of \($0)" } ?? ""),
                detail: Self.text(record.value ?? []), subjects: about,
                place: (partition(place.partition), place.offset), at: moment))
    }

    /// What was sent and stands in no log: it was lost, or nobody could write it.
    private mutating func addUnacknowledged(_ sends: inout SendTrail) {
        for send in sends.rest {
            let type = send.record.header("ce_type").map { Self.text($0) } ?? "a record"
            let message = add(
                .init(
                    kind: .record, title: "\(type) to \(history.topics.name(of: send.topic)), in no log at the end",
                    detail: Self.text(send.record.value ?? []), subjects: subjects(of: send.record), at: send.at))
            let first = TopicPartition(send.topic, 0)
            guard let from = lane(send.by), let to = leader(of: partition(first), at: send.at) else { continue }
            recording.arrows.append(
                .init(isLost: true, message: message, from: from, to: to, start: send.at, end: send.at))
        }
    }

    private mutating func addReads(_ passages: [Passage], _ records: [Place: Int]) {
        for passage in passages {
            guard case .recordsFetched(let by, let partition, let offsets) = passage.event, let to = lane(by) else {
                continue
            }
            for offset in offsets {
                guard let message = records[Place(partition: partition, offset: offset)] else { continue }
                let written = recording.messages[message].at
                guard let from = leader(of: self.partition(partition), at: written) else { continue }
                recording.arrows.append(
                    .init(isRead: true, message: message, from: from, to: to, start: written, end: passage.at))
            }
        }
    }

    // MARK: Calls

    private mutating func addCall(_ call: ProviderCall, by name: String, from: Instant, to: Instant?) {
        let message = add(
            .init(
                kind: .call, title: call.attempt == 1 ? "call" : "call, attempt \(call.attempt)",
                detail: Self.text(call.payload), subjects: subjects.place(call.key.description).map { [$0] } ?? [],
                at: from))
        guard let sender = lane(name), let provider = lane("provider") else { return }
        recording.arrows.append(
            .init(isLost: to == nil, message: message, from: sender, to: provider, start: from, end: to ?? from))
    }

    private mutating func addCalls(_ passages: [Passage]) {
        struct Key: Hashable {
            var call: UniqueID
            var attempt: Int
            var by: String?
        }
        var arrivals: [Key: [Instant]] = [:]
        var answers: [Key: [(at: Instant, by: String)]] = [:]
        var about: [UniqueID: [Int]] = [:]
        for passage in passages.reversed() {
            switch passage.event {
            case .callArrived(let by, let call):
                arrivals[Key(call: call.id, attempt: call.attempt, by: by), default: []].append(passage.at)
            case .callAnswerArrived(let place, let call, let attempt):
                answers[Key(call: call, attempt: attempt), default: []].append((passage.at, place))
            default: break
            }
        }
        for passage in passages {
            switch passage.event {
            case .called(let by, let call):
                about[call.id] = subjects.place(call.key.description).map { [$0] } ?? []
                let arrived = arrivals[Key(call: call.id, attempt: call.attempt, by: by)]?.popLast()
                addCall(call, by: by, from: passage.at, to: arrived)
            case .callAnswered(let call, let attempt, let body):
                let message = add(
                    .init(
                        kind: .callAnswer, title: body == nil ? "not now" : "answer", detail: Self.text(body ?? []),
                        subjects: about[call] ?? [], at: passage.at))
                let arrived = answers[Key(call: call, attempt: attempt)]?.popLast()
                guard let provider = lane("provider"), let to = arrived.flatMap({ lane($0.by) }) else { continue }
                recording.arrows.append(
                    .init(message: message, from: provider, to: to, start: passage.at, end: arrived?.at ?? passage.at))
            default: break
            }
        }
    }
}

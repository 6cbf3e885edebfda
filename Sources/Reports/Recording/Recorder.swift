import Harness
import Kafka
import Services
import Simulation
import VirtualKafka

extension Recording {
    /// The world that was spared the rest of a run's faults.
    init(of spared: SparedWorld, besides bad: RunResult) {
        var recorder = Recorder(
            spared.result, Observation(of: spared.result, branchOf: bad, after: spared.steps))
        recorder.record()
        self = recorder.recording
    }

    /// A run as its history tells it, and, for a simulated one, as somebody sees it who watches it once more.
    init(of result: RunResult) {
        var recorder = Recorder(result, Observation(of: result))
        recorder.record()
        self = recorder.recording
    }
}

/// Puts a recording together.
struct Recorder {
    let history: History
    let observation: Observation?
    var recording = Recording()
    var subjects = Subjects()
    /// By its lane's place: since when somebody is down.
    private var downSince: [Int: Instant] = [:]
    /// The latest leader of each partition.
    private var leader: [Int: Int] = [:]
    private var partitionPlaces: [TopicPartition: Int] = [:]
    private var lanes: [String: Int] = [:]
    /// By group, the service's first instance.
    private var groupLanes: [String: Int] = [:]

    init(_ result: RunResult, _ observation: Observation?) {
        history = result.history
        self.observation = observation
        recording.isWatched = observation != nil
        recording.end = history.end
    }

    mutating func record() {
        findSubjects()
        makeLanes()
        for entry in history.entries {
            if case .cluster(.leaderElected(let place, let broker, _)) = entry.event {
                setLeader(of: partition(place), broker.map { $0 + 1 }, at: entry.at)
            }
        }
        recordTraffic()
        recordEvents()
        if let observation { recordState(observation) }
        recording.subjects = subjects.names
        recording.arrows.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    // MARK: Names

    private mutating func findSubjects() {
        for entry in history.entries {
            switch entry.event {
            case .appended(_, _, let record):
                if let key = record.key, !key.isEmpty, key.count <= 64 { _ = subjects.intern(key) }
            case .called(_, let call): _ = subjects.intern(call.key.bytes)
            case .ledger(let item): _ = subjects.intern(item.subject.bytes)
            default: break
            }
        }
    }

    /// Clients first, the provider last; the brokers stand among the services, since most ways lead to them.
    private mutating func makeLanes() {
        add("client", .client)
        if let observation {
            for (index, service) in observation.services.enumerated() {
                if index == observation.services.count / 2 { addBrokers(observation.brokers) }
                for name in service.instances { add(name, .instance, of: service.name) }
                add("\(service.name) store", .store, of: service.name)
                if let first = service.instances.first { groupLanes[service.group] = lanes[first] }
            }
            if observation.services.isEmpty { addBrokers(observation.brokers) }
            for (name, broker) in observation.leaders {
                setLeader(of: partition(named: name), broker, at: .zero)
            }
        } else {
            for name in namesInHistory() { add(name, .instance, of: Story.lane(of: name)) }
            add("Kafka", .broker)
        }
        add("provider", .provider)
        if observation != nil { add("stranger", .stranger) }
    }

    private mutating func addBrokers(_ count: Int) {
        for broker in 1...max(1, count) { add("broker \(broker)", .broker, of: "Kafka") }
    }

    private func namesInHistory() -> [String] {
        var names: Set<String> = []
        for entry in history.entries {
            switch entry.event {
            case .requested(let service, _), .called(let service, _): names.insert(service)
            case .acknowledged(_, _, let name), .instance(let name, _): names.insert(name)
            default: break
            }
        }
        return names.sorted()
    }

    private mutating func add(_ name: String, _ kind: Recording.Lane.Kind, of family: String? = nil) {
        lanes[name] = recording.lanes.count
        recording.lanes.append(Recording.Lane(name: name, kind: kind, family: family ?? name))
    }

    func lane(_ name: String) -> Int? { lanes[name] }

    mutating func partition(_ place: TopicPartition) -> Int {
        if let known = partitionPlaces[place] { return known }
        let index = partition(named: history.topics.describe(place))
        partitionPlaces[place] = index
        return index
    }

    mutating func partition(named name: String) -> Int {
        if let known = recording.partitions.firstIndex(of: name) { return known }
        recording.partitions.append(name)
        return recording.partitions.count - 1
    }

    private mutating func setLeader(of partition: Int, _ broker: Int?, at moment: Instant) {
        recording.leaders.append((partition, moment, broker.flatMap { lanes["broker \($0)"] }))
    }

    /// The lane of whoever leads a partition at a moment; the last that did, when nobody does.
    func leader(of partition: Int, at moment: Instant) -> Int? {
        let known = recording.leaders.last { $0.partition == partition && $0.at <= moment && $0.lane != nil }
        return known?.lane ?? lanes["Kafka"] ?? lanes["broker 1"]
    }

    static func text(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? "\(bytes.count) bytes that are no text"
    }

    // MARK: What happened

    private mutating func recordEvents() {
        var leads: (at: Instant, lane: Int, count: Int)?
        func tell(_ marks: inout [Recording.Mark]) {
            guard let elected = leads else { return }
            let what = elected.count == 1 ? "a partition" : "\(elected.count) partitions"
            marks.append(.init(kind: .cluster, lane: elected.lane, at: elected.at, title: "leads \(what)"))
            leads = nil
        }
        for entry in history.entries {
            switch entry.event {
            case .cluster(.leaderElected(_, let broker?, _)):
                guard let lane = lanes["broker \(broker + 1)"] ?? lanes["Kafka"] else { continue }
                if leads?.at != entry.at || leads?.lane != lane { tell(&recording.marks) }
                leads = (entry.at, lane, (leads?.count ?? 0) + 1)
            case .cluster(let seen): record(seen, at: entry.at)
            case .instance(let name, let what): record(what, of: name, at: entry.at)
            case .fault(let action): record(action, at: entry.at)
            case .ledger(let item):
                let title = item.amount == 0 ? "\(item.kind): \(item.unit)" : "\(item.kind) \(item.amount) \(item.unit)"
                recording.marks.append(
                    .init(
                        kind: .ledger, lane: lanes["provider"], at: entry.at, title: title,
                        subjects: subjects.place(item.subject.description).map { [$0] } ?? []))
            case .redriven(let topic, let sent, let left):
                recording.marks.append(
                    .init(kind: .life, at: entry.at, title: "\(sent) letters of \(topic) sent back, \(left) left"))
            default: break
            }
        }
        tell(&recording.marks)
        for (lane, since) in downSince.sorted(by: { $0.key < $1.key }) { addDown(lane, from: since, to: recording.end) }
        for (at, sentence) in history.brokenInvariants {
            recording.marks.append(.init(kind: .cluster, at: at, title: sentence))
        }
    }

    private mutating func record(_ what: String, of name: String, at moment: Instant) {
        guard let lane = lanes[name] else { return }
        switch what {
        case "started": return
        case "started again":
            if let since = downSince.removeValue(forKey: lane) { addDown(lane, from: since, to: moment) }
        case "crashed":
            if downSince[lane] == nil { downSince[lane] = moment }
        default: break
        }
        recording.marks.append(.init(kind: .life, lane: lane, at: moment, title: what))
    }

    private mutating func record(_ seen: ClusterObservation, at moment: Instant) {
        func mark(_ title: String, broker: Int?) {
            let lane = broker.flatMap { lanes["broker \($0 + 1)"] } ?? lanes["Kafka"]
            recording.marks.append(.init(kind: .cluster, lane: lane, at: moment, title: title))
        }
        switch seen {
        case .brokerCrashed(let broker):
            mark("crashed", broker: broker)
            if let lane = lanes["broker \(broker + 1)"] { downSince[lane] = moment }
        case .brokerRestarted(let broker):
            mark("started again", broker: broker)
            if let lane = lanes["broker \(broker + 1)"], let since = downSince.removeValue(forKey: lane) {
                addDown(lane, from: since, to: moment)
            }
        case .brokerFenced(let broker): mark("is fenced", broker: broker)
        case .brokerUnfenced(let broker): mark("is back in the cluster", broker: broker)
        case .controllerElected(let broker): if moment > .zero { mark("is the controller", broker: broker) }
        case .controllerLost: mark("there is no controller", broker: nil)
        case .recordsLost(let place, let from, let to):
            mark("\(history.topics.describe(place)) lost records \(from) to \(to - 1)", broker: nil)
        case .truncated(let place, let broker, let from, let to):
            mark("\(history.topics.describe(place)) was cut from \(from) to \(to)", broker: broker)
        case .generation(let group, let number, let members):
            recording.marks.append(
                .init(
                    kind: .cluster, lane: groupLanes[group], at: moment,
                    title: "group \(group): generation \(number), \(members) members"))
        case .memberEvicted(let group, _):
            recording.marks.append(
                .init(
                    kind: .cluster, lane: groupLanes[group], at: moment, title: "group \(group): a member was put out"))
        case .leaderElected, .inSyncReplicas, .logStartMoved, .offsetCommitted: break
        }
    }

    private mutating func addDown(_ lane: Int, from start: Instant, to end: Instant) {
        recording.spans.append(.init(kind: .down, lane: lane, start: start, end: end, title: "down"))
    }

    // MARK: Faults

    /// A fault stands on the lanes that its parameters name, whatever kind it is.
    private mutating func record(_ action: FaultAction, at moment: Instant) {
        let places = lanesNamed(in: action.json, kind: action.kind)
        // What an instance or a broker does while it is down is seen anyway.
        if let length = action.length, !places.isEmpty {
            let end = min(moment + length, recording.end)
            for lane in places {
                recording.spans.append(.init(kind: .fault, lane: lane, start: moment, end: end, title: action.sentence))
            }
        }
        recording.marks.append(
            .init(
                kind: .fault, lane: places.first, at: moment, title: action.sentence,
                subjects: action.subject.flatMap(subjects.place).map { [$0] } ?? []))
    }

    private func lanesNamed(in value: JSONValue, kind: String) -> [Int] {
        var found: [Int] = kind.hasPrefix("provider") ? [lanes["provider"]].compactMap(\.self) : []
        func add(_ lane: Int?) { if let lane, !found.contains(lane) { found.append(lane) } }
        func visit(_ key: String, _ value: JSONValue) {
            switch value {
            case .object(let members): for member in members { visit(member.key, member.value) }
            case .array(let elements): for element in elements { visit(key, element) }
            case .number(let number): if key == "broker" { add(lanes["broker \(number)"] ?? lanes["Kafka"]) }
            case .text(let text):
                let place = kind == "store" ? "\(Story.lane(of: text)) store" : text
                add(lanes[place] ?? lanes[text])
                if key == "service" {
                    for lane in recording.lanes.indices
                    where recording.lanes[lane].family == text && recording.lanes[lane].kind == .instance { add(lane) }
                }
            case .null, .flag: break
            }
        }
        visit("", value)
        return found
    }
}

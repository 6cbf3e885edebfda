import Harness
import Kafka
import Services
import Simulation
import VirtualKafka

extension Recording {
    /// The world that was spared the rest of a run's faults.
    init(of spared: SparedWorld, besides bad: RunResult, about subject: String? = nil) {
        var recorder = Recorder(
            spared.result, Observation(of: spared.result, branchOf: bad, after: spared.steps))
        recorder.record(about: subject)
        self = recorder.recording
    }

    /// A run as its history tells it, and, for a simulated one, as somebody sees it who watches it once more.
    ///
    /// - Parameter subject: what it is looked at for, although perhaps no record has it for a key.
    init(of result: RunResult, about subject: String? = nil) {
        var recorder = Recorder(result, Observation(of: result))
        recorder.record(about: subject)
        self = recorder.recording
    }
}

/// Puts a recording together.
struct Recorder {
    let history: History
    let observation: Observation?
    var recording = Recording()
    var subjects = Subjects()
    /// What the recording is looked at for.
    private(set) var wanted: (place: Int, word: Word, name: String)?
    /// By its lane's place: since when somebody is down.
    var downSince: [Int: Instant] = [:]
    private var partitionPlaces: [TopicPartition: Int] = [:]
    private(set) var lanes: [String: Int] = [:]
    /// By group, the service's first instance.
    private(set) var groupLanes: [String: Int] = [:]

    init(_ result: RunResult, _ observation: Observation?) {
        history = result.history
        self.observation = observation
        recording.isWatched = observation != nil
        recording.end = history.end
    }

    mutating func record(about subject: String?) {
        findSubjects()
        if let subject, !subject.isEmpty {
            wanted = (subjects.intern(Array(subject.utf8)), Word(subject), subject)
        }
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

    /// What a record is about: its key, and what the recording is looked at for, if the record mentions it or stands there.
    func subjects(of record: Record, at place: String? = nil) -> [Int] {
        let key = record.key.flatMap { subjects.place(String(decoding: $0, as: UTF8.self)) }
        var found = key.map { [$0] } ?? subjects.mentioned(in: record.value ?? [])
        if let wanted, !found.contains(wanted.place), place == wanted.name || wanted.word.stands(in: record.value ?? [])
        {
            found.append(wanted.place)
        }
        return found
    }

    static func text(_ bytes: [UInt8]) -> String {
        String(validating: bytes, as: UTF8.self) ?? "\(bytes.count) bytes that are no text"
    }
}

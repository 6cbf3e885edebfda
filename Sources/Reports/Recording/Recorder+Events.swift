import Harness
import Kafka
import Services
import Simulation
import VirtualKafka

/// What happened to whom: faults, deaths, what the cluster went through, what providers did.
extension Recorder {
    mutating func recordEvents() {
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

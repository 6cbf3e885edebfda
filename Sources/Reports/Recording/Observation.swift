import Harness
import Kafka
import Services
import Simulation

/// What somebody sees who watches a run from its beginning to its end, and what no history holds.
struct Observation {
    var passages: [Passage] = []
    var rows: [Recording.RowTrack] = []
    /// What each commit has written, in the order of commits: the rows by their places.
    var commits: [(service: String, at: Instant, rows: [Int])] = []
    var groups: [Recording.GroupTrack] = []
    /// By service in order: its name, group and instances.
    var services: [(name: String, group: String, instances: [String])] = []
    var brokers = 0
    /// By partition, at the start; brokers from 1.
    var leaders: [(partition: String, broker: Int?)] = []

    /// Makes the run once more and watches it. Nil when it does not become the same: a live run is never, nor is one that
    /// another program made.
    ///
    /// - Parameters:
    ///   - origin: the run that it is a branch of, if it is one.
    ///   - steps: after how many steps it branches off, spared all further faults.
    init?(of result: RunResult, branchOf origin: RunResult? = nil, after steps: Int = .max) {
        guard !result.target.isLive, var world = try? World((origin ?? result).replayScenario, seed: result.seed)
        else { return nil }
        world.watchTraffic()
        let watcher = RowWatcher()
        let view = world.view
        services = view.services.map { ($0.name, $0.group, $0.instances.map(\.name)) }
        brokers = view.brokers.count
        leaders = view.topics.flatMap { topic in topic.partitions.map { ("\(topic.name)-\($0.number)", $0.leader) } }
        groups = view.groups.map { Recording.GroupTrack(name: $0.name) }
        var unrest = Unrest(in: result.history)
        // The first look counts what stands there before anything happens.
        watcher.look(at: world)
        var step = 0
        while true {
            if step == steps { world.spareFaults() }
            guard world.step() else { break }
            step += 1
            passages += world.takePassages()
            watcher.look(at: world)
            for group in unrest.groups(at: world.now) { note(world.view.group(group), at: world.now, &unrest) }
        }
        guard world.trace == result.traceHash else { return nil }
        rows = watcher.rows
        commits = watcher.commits
    }

    private mutating func note(_ group: GroupView, at now: Instant, _ unrest: inout Unrest) {
        guard let index = groups.firstIndex(where: { $0.name == group.name }) else { return }
        let state = group.state ?? "no coordinator"
        if groups[index].states.last?.state != state || groups[index].states.last?.members != group.members {
            groups[index].states.append((now, state, group.members))
        }
        if state == "Stable" || state == "Empty" { unrest.calm(group.name) }
    }
}

/// Which groups are in the middle of a rebalance: from when the history says that something happened to them until they
/// are stable.
private struct Unrest {
    private var events: ArraySlice<(at: Instant, group: String)>
    private var restless: [String] = []

    init(in history: History) {
        var events: [(at: Instant, group: String)] = []
        for entry in history.entries {
            switch entry.event {
            case .cluster(.generation(let group, _, _)), .cluster(.memberEvicted(let group, _)):
                events.append((entry.at, group))
            default: break
            }
        }
        self.events = events[...]
    }

    mutating func groups(at now: Instant) -> [String] {
        while let next = events.first, next.at <= now {
            events.removeFirst()
            if !restless.contains(next.group) { restless.append(next.group) }
        }
        return restless
    }

    mutating func calm(_ group: String) { restless.removeAll { $0 == group } }
}

/// Writes down what commits write. A reference, since a store hands its rows to one.
private final class RowWatcher: RowSink {
    private(set) var rows: [Recording.RowTrack] = []
    private(set) var commits: [(service: String, at: Instant, rows: [Int])] = []
    private var places: [Place: Int] = [:]
    private var seen: [UInt64] = []
    private var service = ""
    private var now = Instant.zero
    private var written: [Int] = []

    private struct Place: Hashable {
        var service: String
        var table: String
        var key: String
    }

    /// Tables that change all the time and say nothing about the work.
    private static let unseen: Set<String> = [InstanceRow.table]

    func look(at world: World) {
        now = world.now
        if seen.isEmpty { seen = Array(repeating: 0, count: world.stores.count) }
        for index in world.stores.indices where world.stores[index].commitCount != seen[index] {
            service = world.serviceName(at: index)
            if world.stores[index].commitCount < seen[index] { forget() }
            seen[index] = world.stores[index].commitCount
            written = []
            // Nothing that is written here can fail.
            try? world.stores[index].lastCommit(to: self)
            if !written.isEmpty { commits.append((service, now, written)) }
        }
    }

    func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) {
        guard !Self.unseen.contains(R.table) else { return }
        let view = row.map { RowView(of: $0) }
        let place = Place(service: service, table: R.table, key: RowView.text(of: key))
        let index = places[place] ?? rows.count
        if index == rows.count {
            // What comes and goes within a commit was never seen.
            guard view != nil else { return }
            places[place] = index
            rows.append(Recording.RowTrack(service: service, table: place.table, key: place.key))
        }
        rows[index].versions.append((now, view?.value))
        written.append(index)
    }

    /// A service that keeps its state in memory has crashed.
    private func forget() {
        for index in rows.indices where rows[index].service == service && rows[index].versions.last?.value != nil {
            rows[index].versions.append((now, nil))
        }
    }
}

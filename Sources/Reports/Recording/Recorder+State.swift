import Harness
import Kafka
import Services
import Simulation

/// What stood where: transactions, rows, groups.
extension Recorder {
    /// A transaction lasts on the lane of its instance, and what it writes goes to the store when it is committed.
    mutating func addTransactions(_ observation: Observation) {
        var open: [String: (at: Instant, contents: String)] = [:]
        var commits = observation.commits[...]
        let rows = observation.rows
        for passage in observation.passages {
            switch passage.event {
            case .transactionBegan(let by, _, let contents): open[by] = (passage.at, contents)
            case .transactionEnded(let by, let fate, _):
                guard let began = open.removeValue(forKey: by), let instance = lane(by) else { continue }
                let service = recording.lanes[instance].family
                while let next = commits.first, next.at < passage.at { commits.removeFirst() }
                let commit = commits.first { $0.at == passage.at && $0.service == service }
                let written = fate == .failsBeforeCommit ? [] : commit?.rows ?? []
                // Housekeeping that changes nothing is not worth a line.
                guard !written.isEmpty || fate != nil else { continue }
                add(began.contents, written, rows, fate, by: instance, from: began.at, to: passage.at)
            default: break
            }
        }
    }

    private mutating func add(
        _ contents: String, _ written: [Int], _ rows: [Recording.RowTrack], _ fate: StoreFate?, by instance: Int,
        from start: Instant, to end: Instant
    ) {
        let service = recording.lanes[instance].family
        guard let store = lane("\(service) store") else { return }
        var about: [Int] = []
        for row in written.prefix(100) {
            let text = [UInt8](rows[row].key.utf8) + [0x20] + [UInt8](Self.latest(rows[row], at: end).utf8)
            for subject in subjects.mentioned(in: text) where !about.contains(subject) { about.append(subject) }
        }
        let outcome =
            switch fate {
            case .failsBeforeCommit: "failed, and wrote nothing"
            case .conflict: "was in conflict with another one, and wrote nothing"
            case .failsAfterCommit: "committed, and the answer was lost"
            case .slow, nil: "committed"
            }
        let names = written.prefix(12).map { "\(rows[$0].table) \(rows[$0].key)" }.joined(separator: ", ")
        let more = written.count > 12 ? " and \(written.count - 12) more" : ""
        let message = add(
            .init(
                kind: .commit, title: "\(contents): \(outcome)",
                detail: names.isEmpty ? "" : "writes \(names)\(more)", subjects: about, at: end))
        recording.spans.append(
            .init(kind: .transaction, lane: instance, start: start, end: end, title: "transaction: \(contents)"))
        recording.arrows.append(
            .init(
                isLost: fate == .failsBeforeCommit || fate == .conflict, message: message, from: instance, to: store,
                start: end, end: end))
    }

    private static func latest(_ row: Recording.RowTrack, at moment: Instant) -> String {
        row.versions.last { $0.at <= moment }?.value?.compact ?? ""
    }

    mutating func recordState(_ observation: Observation) {
        recording.groups = observation.groups
        for entry in history.entries {
            guard case .cluster(.offsetCommitted(let group, let place, let offset)) = entry.event,
                let index = recording.groups.firstIndex(where: { $0.name == group })
            else { continue }
            recording.groups[index].offsets.append((partition(place), entry.at, offset))
        }
        recording.rows = observation.rows
        for index in recording.rows.indices {
            var text = [UInt8](recording.rows[index].key.utf8)
            // What a row is about it says at once, or never.
            for version in recording.rows[index].versions.prefix(3) {
                text += [0x20] + [UInt8]((version.value?.compact ?? "").utf8)
            }
            recording.rows[index].subjects = subjects.mentioned(in: text)
        }
    }
}

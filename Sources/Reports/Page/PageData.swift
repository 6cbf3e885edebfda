import Harness
import Simulation

/// A recording as the data of a page: arrays instead of objects, texts once, microseconds.
struct PageData {
    private var texts: [String] = []
    private var places: [String: Int] = [:]

    /// One world of a page.
    ///
    /// - Parameter name: `as it went`, for example.
    mutating func world(_ recording: Recording, name: String) -> JSONValue {
        texts = []
        places = [:]
        let lanes = recording.lanes.map { lane in
            JSONValue.array([.text(lane.name), .text(lane.kind.rawValue), .text(lane.family)])
        }
        let used = Set(recording.arrows.map(\.message))
        let messages = recording.messages.indices.map { used.contains($0) ? encode(recording.messages[$0]) : .null }
        let arrows = recording.arrows.map { arrow in
            numbers([
                (arrow.isRead ? 1 : 0) | (arrow.isLost ? 2 : 0), arrow.message, arrow.from, arrow.to, time(arrow.start),
                time(arrow.end) - time(arrow.start),
            ])
        }
        let spans = recording.spans.map { span in
            JSONValue.array([
                .text(span.kind.rawValue), .integer(span.lane), .integer(time(span.start)),
                .integer(time(span.end) - time(span.start)), place(span.title),
            ])
        }
        let marks = recording.marks.map { mark in
            JSONValue.array([
                .text(mark.kind.rawValue), .integer(mark.lane ?? -1), .integer(time(mark.at)), place(mark.title),
                numbers(mark.subjects),
            ])
        }
        let rows = recording.rows.map { encode($0) }
        let groups = recording.groups.map { encode($0) }
        let leaders = recording.leaders.map { numbers([$0.partition, time($0.at), $0.lane ?? -1]) }
        return .object([
            ("name", .text(name)), ("end", .integer(time(recording.end))), ("watched", .flag(recording.isWatched)),
            ("lanes", .array(lanes)), ("subjects", .array(recording.subjects.map(JSONValue.text))),
            ("partitions", .array(recording.partitions.map(JSONValue.text))), ("messages", .array(messages)),
            ("arrows", .array(arrows)), ("spans", .array(spans)), ("marks", .array(marks)), ("rows", .array(rows)),
            ("groups", .array(groups)), ("leaders", .array(leaders)), ("texts", .array(texts.map(JSONValue.text))),
        ])
    }

    /// Microseconds.
    static func time(_ moment: Instant) -> Int64 { moment.microseconds }
    private func time(_ moment: Instant) -> Int { Int(moment.microseconds) }

    private func numbers(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .integer($0) }) }

    private mutating func place(_ text: String) -> JSONValue {
        if let known = places[text] { return .integer(known) }
        places[text] = texts.count
        texts.append(text)
        return .integer(texts.count - 1)
    }

    private mutating func encode(_ message: Recording.Message) -> JSONValue {
        let kind = Recording.Message.Kind.allCases.firstIndex(of: message.kind) ?? 0
        var members: [JSONValue] = [
            .integer(kind), place(message.title), place(message.detail), numbers(message.subjects),
            .integer(time(message.at)),
        ]
        if let place = message.place { members += [.integer(place.partition), .integer(place.offset)] }
        return .array(members)
    }

    /// Versions after the first one hold what has changed; a number says that the row is gone.
    private mutating func encode(_ row: Recording.RowTrack) -> JSONValue {
        var versions: [JSONValue] = []
        var before: JSONValue?
        for (at, value) in row.versions {
            versions.append(.array([.integer(time(at)), value.map { change(from: before, to: $0) } ?? .integer(0)]))
            before = value
        }
        return .array([
            place(row.service), place(row.table), .text(row.key), numbers(row.subjects), .array(versions),
        ])
    }

    private func change(from before: JSONValue?, to after: JSONValue) -> JSONValue {
        guard case .object(let old)? = before, case .object(let new) = after else { return after }
        var changed = new.filter { member in after[key: member.key] != before?[key: member.key] }
        // JSON has nothing else for a member that is gone.
        for member in old where after[key: member.key] == nil { changed.append((member.key, .null)) }
        return .object(changed)
    }

    private mutating func encode(_ group: Recording.GroupTrack) -> JSONValue {
        var states: [JSONValue] = []
        for (at, state, members) in group.states {
            let who = members.map { member in
                JSONValue.array([
                    place(member.name), .flag(member.isLeader), .array(member.partitions.map(JSONValue.text)),
                ])
            }
            states.append(.array([.integer(time(at)), place(state), .array(who)]))
        }
        let offsets = group.offsets.map { numbers([$0.partition, time($0.at), Int($0.committed)]) }
        return .object([
            ("name", .text(group.name)), ("states", .array(states)), ("offsets", .array(offsets)),
        ])
    }
}

import Harness
import Simulation

/// A recording in Chrome's trace event format, which Perfetto and chrome://tracing open: a process for each service,
/// broker, client and provider, a thread for each instance, flow arrows from where a message is sent to where it arrives.
struct TraceFile {
    let recording: Recording
    let title: String
    /// The most messages that are drawn; browsers do not take more.
    var limit = 20_000

    /// The file.
    var text: String {
        var lines = processes + recording.spans.enumerated().flatMap { span($0.offset, $0.element) }
        for (number, arrow) in recording.arrows.prefix(limit).enumerated() { lines += flow(arrow, number + 1) }
        lines += recording.marks.map(mark)
        let left = max(0, recording.arrows.count - limit)
        let other = JSONValue.object([
            ("run", .text(title)), ("messages", .integer(recording.arrows.count)), ("messagesLeftOut", .integer(left)),
        ])
        return "{\"displayTimeUnit\": \"ms\",\n\"otherData\": \(other.compact),\n\"traceEvents\": [\n"
            + lines.map(\.compact).joined(separator: ",\n") + "\n]}\n"
    }

    /// What is left out, a sentence each.
    var cuts: [String] {
        recording.arrows.count <= limit
            ? []
            : ["It has the first \(ReportSource.count(limit, "message")) of \(recording.arrows.count)."]
    }

    /// A lane is a thread of the process of its family.
    private func place(_ lane: Int) -> [(key: String, value: JSONValue)] {
        let family = recording.lanes[lane].family
        let process = recording.lanes.firstIndex { $0.family == family } ?? lane
        return [("pid", .integer(process + 1)), ("tid", .integer(lane + 1))]
    }

    private var processes: [JSONValue] {
        recording.lanes.indices.flatMap { lane in
            let isFirst = recording.lanes.firstIndex { $0.family == recording.lanes[lane].family } == lane
            let names = [("process_name", recording.lanes[lane].family), ("thread_name", recording.lanes[lane].name)]
            let named = names.dropFirst(isFirst ? 0 : 1).map { kind, name in
                event(kind, "M", lane, [("args", .object([("name", .text(name))]))])
            }
            let order = event("thread_sort_index", "M", lane, [("args", .object([("sort_index", .integer(lane))]))])
            return named + [order]
        }
    }

    private func event(
        _ name: String, _ phase: String, _ lane: Int, _ rest: [(key: String, value: JSONValue)]
    ) -> JSONValue {
        .object([("name", .text(name)), ("ph", .text(phase))] + place(lane) + rest)
    }

    /// Microseconds, with the nanoseconds behind the point.
    private func time(_ moment: Instant) -> JSONValue {
        let (whole, rest) = moment.nanoseconds.quotientAndRemainder(dividingBy: 1_000)
        let digits = String(rest)
        return .number("\(whole)." + String(repeating: "0", count: 3 - digits.count) + digits)
    }

    /// Transactions of an instance follow one another, as slices of a thread must. Bands of faults overlap: they are
    /// asynchronous, which takes a beginning and an end.
    private func span(_ number: Int, _ span: Recording.Span) -> [JSONValue] {
        guard span.kind != .transaction else {
            let length = Instant.zero + max(span.end - span.start, .nanoseconds(1))
            return [
                event(
                    span.title, "X", span.lane,
                    [("cat", .text("transaction")), ("ts", time(span.start)), ("dur", time(length))])
            ]
        }
        return [("b", span.start), ("e", span.end)].map { phase, moment in
            event(
                span.title, phase, span.lane,
                [("cat", .text(span.kind.rawValue)), ("ts", time(moment)), ("id", .text("band-\(number)"))])
        }
    }

    /// A slice at either end, and the arrow between them.
    private func flow(_ arrow: Recording.Arrow, _ number: Int) -> [JSONValue] {
        let message = recording.messages[arrow.message]
        let arguments = JSONValue.object(
            [
                ("about", .text(message.subjects.map { recording.subjects[$0] }.joined(separator: ", "))),
                ("content", .text(String(message.detail.prefix(200)))),
            ]
                + (message.place.map { place in
                    [("place", .text("\(recording.partitions[place.partition])@\(place.offset)"))]
                } ?? []))
        let category = arrow.isRead ? "read" : message.kind.rawValue
        // What it holds is said where it begins.
        func slice(_ lane: Int, _ moment: Instant, _ arguments: JSONValue? = nil) -> JSONValue {
            event(
                message.title, "X", lane,
                [("cat", .text(category)), ("ts", time(moment)), ("dur", .number("0.001"))]
                    + (arguments.map { [("args", $0)] } ?? []))
        }
        guard !arrow.isLost else { return [slice(arrow.from, arrow.start, arguments)] }
        func end(_ phase: String, _ lane: Int, _ moment: Instant) -> JSONValue {
            event(
                message.title, phase, lane,
                [("cat", .text(category)), ("ts", time(moment)), ("id", .integer(number))]
                    + (phase == "f" ? [("bp", .text("e"))] : []))
        }
        return [
            slice(arrow.from, arrow.start, arguments), end("s", arrow.from, arrow.start), slice(arrow.to, arrow.end),
            end("f", arrow.to, arrow.end),
        ]
    }

    private func mark(_ mark: Recording.Mark) -> JSONValue {
        event(
            mark.title, "i", mark.lane ?? 0,
            [
                ("cat", .text(mark.kind.rawValue)), ("ts", time(mark.at)),
                ("s", .text(mark.kind == .fault ? "g" : "t")),
            ])
    }
}

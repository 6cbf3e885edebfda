import Live

/// Plays one recording back.
struct ReplaySession {
    let file: RecordingFiles.File
    /// The last signal that is played back; nil for all.
    let until: Int?

    /// - Parameter body: told every signal.
    func run(_ body: (ReplayedSignal) throws -> Void) throws -> ReplayVerdict {
        var verdict = ReplayVerdict(recording: file.path, instance: file.name)
        do {
            let reader = try FlightReader(path: file.path)
            verdict.program = reader.header.program
            var replay = try Replay(reader, of: RecordedSystem.service(of: reader.header))
            let text = replay.text
            defer { verdict.signals = replay.signals }
            while replay.signals < until ?? .max, let step = try replay.step() {
                let signal = ReplayedSignal(step, text)
                verdict.last = signal
                try body(signal)
                if let difference = step.difference {
                    verdict.outcome = .differs
                    verdict.difference = difference
                }
            }
            verdict.ending = replay.ending.map(Self.phrase)
            if until != nil {
                verdict.pendingWork = replay.pendingWork
                verdict.waitsFor = replay.outstanding.phrases(text)
            }
        } catch let error as FlightError {
            verdict.outcome = .unreadable
            verdict.error = error.description
        }
        return verdict
    }

    private static func phrase(for ending: FlightEnding) -> String {
        switch ending {
        case .ended(let how): how
        case .cut: "the process was ended"
        case .torn(let bytes): "the process was ended while it wrote (\(bytes) bytes of a frame are left)"
        }
    }
}

/// A signal that was played back, in words.
struct ReplayedSignal: Encodable, Equatable {
    var signal: Int
    /// How long after the first signal.
    var at: String
    var what: String
    var effects: [String]
    var batches: [String]

    init(_ step: Replay.Step, _ text: FlightText) {
        signal = step.number
        at = text.phrase(for: step.at)
        what = text.phrase(for: step.signal)
        effects = step.effects.map { text.phrase(for: $0) }
        batches = step.batches
    }

    /// A line for the signal, and one for each thing that follows.
    var text: String {
        (["\(signal)  \(at)  \(what)"] + effects.map { "    → \($0)" } + batches.map { "    ✓ \($0)" })
            .joined(separator: "\n")
    }
}

/// What came of playing back one recording.
struct ReplayVerdict: Encodable {
    enum Outcome: String, Encodable {
        case identical, differs, unreadable
    }

    var schemaVersion = 1
    var recording: String
    var instance: String
    var program: String?
    var outcome = Outcome.identical
    /// How many signals were played back.
    var signals = 0
    var last: ReplayedSignal?
    /// Of the last signal.
    var difference: ReplayDifference?
    /// How the recording ends, if it was played back to its end.
    var ending: String?
    var error: String?
    /// With `--until`.
    var pendingWork: [String]?
    var waitsFor: [String]?

    init(recording: String, instance: String) {
        self.recording = recording
        self.instance = instance
    }

    /// Of a list that may be long.
    private static let mostLines = 20

    /// For people.
    var text: String {
        let count = signals == 1 ? "1 signal" : "\(signals) signals"
        var lines: [String]
        switch outcome {
        case .identical: lines = ["\(instance): identical, \(count)\(ending.map { "; at the end: \($0)" } ?? "")"]
        case .differs: lines = ["\(instance): differs at signal \(signals)"] + differenceLines
        case .unreadable: lines = ["\(instance): after \(count), \(error ?? "it cannot be read")"]
        }
        if let pendingWork, let waitsFor {
            lines += last.map { ["  signal \($0.signal) at \($0.at): \($0.what)"] } ?? []
            lines += pendingWork.isEmpty ? ["  it is at rest"] : pendingWork.map { "  it \($0)" }
            lines += waitsFor.prefix(Self.mostLines).map { "  asked for, not ended: \($0)" }
            if waitsFor.count > Self.mostLines {
                lines.append("  and \(waitsFor.count - Self.mostLines) things more; --json lists all")
            }
        }
        return lines.joined(separator: "\n")
    }

    private var differenceLines: [String] {
        guard let last, let difference else { return [] }
        return [
            "  at \(last.at): \(last.what)", "  \(difference.what)", "    then: \(difference.then)",
            "    now:  \(difference.now)",
        ]
    }
}

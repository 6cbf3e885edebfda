import ArgumentParser
import Foundation
import Synchronization

/// How a log is written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// What happens, a line each, on standard error.
final class EventLog: Sendable {
    private struct Line: Encodable {
        var time: String
        var level: String
        var source: String
        var event: String
        var message: String
    }

    private let format: LogFormat
    private let write: @Sendable (String) -> Void
    // A line is written in one piece.
    private let turn = Mutex(())

    init(_ format: LogFormat, write: @escaping @Sendable (String) -> Void = { Terminal.note($0) }) {
        self.format = format
        self.write = write
    }

    func info(_ source: String, _ event: String, _ message: String) { emit("info", source, event, message) }
    func warning(_ source: String, _ event: String, _ message: String) { emit("warning", source, event, message) }
    func error(_ source: String, _ event: String, _ message: String) { emit("error", source, event, message) }

    private func emit(_ level: String, _ source: String, _ event: String, _ message: String) {
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let text: String
        switch format {
        case .text:
            // One line is one event, whatever a message holds.
            let message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
            text = "\(time) \(level.padding(toLength: 7, withPad: " ", startingAt: 0)) \(source): \(message)"
        case .json:
            let line = Line(time: time, level: level, source: source, event: event, message: message)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let data = try? encoder.encode(line) else { return }
            text = String(decoding: data, as: UTF8.self)
        }
        turn.withLock { _ in write(text) }
    }
}

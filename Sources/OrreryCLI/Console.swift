import Foundation
import Synchronization

/// Standard output and error, where lines of results and a line of progress do not get into each other's way.
final class Console: Sendable {
    /// What a stream can show.
    struct Stream: Sendable {
        /// Whether a line can be rewritten.
        var isTerminal: Bool
        var hasColour: Bool

        init(descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment) {
            isTerminal = isatty(descriptor) == 1 && environment["TERM"] != "dumb"
            // https://no-color.org: set and not empty.
            hasColour = isTerminal && environment["NO_COLOR", default: ""].isEmpty
        }

        init(isTerminal: Bool, hasColour: Bool) {
            self.isTerminal = isTerminal
            self.hasColour = hasColour
        }
    }

    let output: Stream
    let error: Stream
    private let progress = Mutex("")
    private let write: @Sendable (_ text: String, _ isError: Bool) -> Void

    /// The process's own streams.
    convenience init() {
        self.init(
            output: Stream(descriptor: STDOUT_FILENO), error: Stream(descriptor: STDERR_FILENO)
        ) { text, isError in
            let handle = isError ? FileHandle.standardError : FileHandle.standardOutput
            // A reader that has gone away (`| head`) is no reason to fail.
            try? handle.write(contentsOf: Data(text.utf8))
        }
    }

    /// Streams that go anywhere.
    init(
        output: Stream, error: Stream, write: @escaping @Sendable (_ text: String, _ isError: Bool) -> Void
    ) {
        self.output = output
        self.error = error
        self.write = write
    }

    /// Writes a line of results.
    func print(_ line: String) { emit(line + "\n", isError: false) }

    /// Writes what a line of input is to stand behind.
    func prompt(_ text: String) { emit(text, isError: false) }

    /// Writes a line for people to standard error.
    func note(_ line: String) { emit(line + "\n", isError: true) }

    private func emit(_ text: String, isError: Bool) {
        progress.withLock { shown in
            if !shown.isEmpty { write(Self.erasing(shown), true) }
            write(text, isError)
            if !shown.isEmpty { write(shown, true) }
        }
    }

    /// What takes progress away again, all of its lines.
    private static func erasing(_ shown: String) -> String {
        "\r\u{1b}[K" + String(repeating: "\u{1b}[A\u{1b}[K", count: shown.count { $0 == "\n" })
    }

    /// Shows a line of progress, or several: rewritten in place on a terminal, as lines of their own elsewhere.
    func show(progress text: String) {
        progress.withLock { shown in
            guard error.isTerminal else { return write(text + "\n", true) }
            write(Self.erasing(shown) + text, true)
            shown = text
        }
    }

    /// Takes the line of progress away.
    func clearProgress() {
        progress.withLock { shown in
            if !shown.isEmpty { write(Self.erasing(shown), true) }
            shown = ""
        }
    }
}

/// A colour of the terminal's palette.
enum Colour: Int {
    case red = 31
    case green = 32
    case yellow = 33

    /// The text in this colour, where the stream shows any.
    func paint(_ text: String, on stream: Console.Stream) -> String {
        stream.hasColour ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
    }
}

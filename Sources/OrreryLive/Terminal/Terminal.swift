import ArgumentParser
import Foundation

/// Standard output for results, standard error for everything else.
enum Terminal {
    /// Writes a line of results.
    static func print(_ line: String) { write(line, to: .standardOutput) }

    /// Writes a line for people to standard error.
    static func note(_ line: String) { write(line, to: .standardError) }

    /// Says what is wrong, and ends with a code.
    static func fail(_ sentence: String, _ code: ExitCode) -> ExitCode {
        note("error: \(sentence)")
        return code
    }

    private static func write(_ line: String, to handle: FileHandle) {
        // A reader that has gone away (`| head`) is no reason to fail.
        try? handle.write(contentsOf: Data((line + "\n").utf8))
    }

    /// Prints rows under a header, in columns; columns of numbers are set to the right.
    static func printTable(_ rows: [[String]], right: Set<Int> = []) {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        for row in rows {
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? "" : "  ") + (right.contains(column) ? padding + cell : cell + padding)
            }
            while line.last == " " { line.removeLast() }
            print(line)
        }
    }

    /// Prints a value as one line of JSON.
    static func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

extension ExitCode {
    /// Something was found that has to be put right.
    static let found = ExitCode(1)
    /// `EX_DATAERR` of sysexits.h: a blueprint, an override or a letter is wrong.
    static let badInput = ExitCode(65)
    /// `EX_UNAVAILABLE`: a cluster, a database or a port cannot be had.
    static let unavailable = ExitCode(69)
}

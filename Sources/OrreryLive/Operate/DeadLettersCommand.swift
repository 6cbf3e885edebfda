import ArgumentParser
import Foundation
import Kafka
import Services

/// `orrery-live dead-letters`
struct DeadLettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters", abstract: "List, show and send back records that no service could process.",
        discussion: """
              orrery dead-letters list
              orrery dead-letters show orders-dlq/0@12
              orrery dead-letters redrive orders-dlq/0@12          # says what it would do
              orrery dead-letters redrive --all --yes              # does it
            """,
        subcommands: [List.self, Show.self, RedriveCommand.self])
}

extension DeadLettersCommand {
    /// `orrery-live dead-letters list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List dead letters: where they stand, whose they are, and why.")

        @OptionGroup var options: LetterOptions

        @Option(help: ArgumentHelp("Only those of one dead-letter topic.", valueName: "name"))
        var topic: String?

        @Option(help: "The most that are listed.")
        var limit = 1_000

        @Flag(help: "Print one JSON object a letter.")
        var json = false

        private struct Entry: Encodable {
            var place: String
            var at: String
            var origin: String
            var group: String
            var exception: String
            var message: String
        }

        func validate() throws {
            if limit < 1 { throw ValidationError("--limit must be at least 1.") }
        }

        func run() throws {
            let letters = try options.letters()
            let topics = try options.topics(topic, of: letters)
            var entries: [Entry] = []
            try LetterOptions.asking {
                try letters.forEach(in: topics) { letter in
                    entries.append(
                        Entry(
                            place: "\(letter.place)", at: letter.moment, origin: letter.origin,
                            group: letter.text(DeadLetterHeader.group),
                            exception: letter.text(DeadLetterHeader.exception),
                            message: letter.text(DeadLetterHeader.message)))
                    return entries.count < limit
                }
            }
            if json {
                for entry in entries { try Terminal.printJSON(entry) }
                return
            }
            guard !entries.isEmpty else { return Terminal.print("There are no dead letters.") }
            let rows = entries.map { [$0.place, $0.at, $0.origin, $0.group, $0.exception, Self.short($0.message)] }
            Terminal.printTable([["LETTER", "SINCE", "CAME FROM", "GROUP", "EXCEPTION", "MESSAGE"]] + rows)
            if entries.count == limit { Terminal.note("These are the first \(limit); --limit shows more.") }
        }

        /// One line, not too long: it may hold what somebody else wrote.
        private static func short(_ text: String) -> String {
            let line = String(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
            return line.count > 100 ? line.prefix(99) + "…" : line
        }
    }

    /// `orrery-live dead-letters show`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show one dead letter, with its headers and its value.")

        @Argument(help: ArgumentHelp("TOPIC/PARTITION@OFFSET, as the list has it.", valueName: "letter"))
        var place: LetterPlace

        @OptionGroup var options: LetterOptions

        func run() throws {
            let letters = try options.letters()
            guard let letter = try LetterOptions.asking({ try letters.letter(at: place) }) else {
                throw Terminal.fail("there is no record at \(place) (any more).", .badInput)
            }
            Terminal.print("letter     \(letter.place)")
            Terminal.print("since      \(letter.moment)")
            Terminal.print("came from  \(letter.origin)")
            Terminal.print("key        \(letter.record.key.map(Self.readable) ?? "(none)")")
            for header in letter.record.headers {
                Terminal.print("header     \(header.name): \(Self.readable(header.value))")
            }
            Terminal.print("value      \(letter.record.value.map { "\($0.count) bytes" } ?? "(none)")")
            if let value = letter.record.value { Terminal.print(Self.readable(value)) }
        }

        /// As text if it is printable text, else in hexadecimal digits.
        static func readable(_ bytes: [UInt8]) -> String {
            if let text = String(validating: bytes, as: UTF8.self),
                text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t" }
                )
            {
                return text
            }
            return "0x" + bytes.map { String(format: "%02x", $0) }.joined()
        }
    }
}

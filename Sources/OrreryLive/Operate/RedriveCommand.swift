import ArgumentParser
import Foundation
import Kafka
import RdKafka
import Services

extension DeadLettersCommand {
    /// `orrery-live dead-letters redrive`
    struct RedriveCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redrive", abstract: "Send dead letters back to the topics they came from.",
            discussion: """
                Without --yes nothing is sent: what would be is listed. Several groups write several letters about one record; \
                it is sent once. A letter goes back as it first was, and counts in a \
                header how often it went this way. Services recognise events by their ids, so it does no harm to send a \
                letter twice: who has processed it passes it over. What fails again comes back as a new letter. Letters stay \
                in their topics; Kafka removes them by retention.

                With policies.retry=retry-topics, too, they go to the first topic.
                """)

        @Argument(help: ArgumentHelp("TOPIC/PARTITION@OFFSET, as the list has it.", valueName: "letter"))
        var places: [LetterPlace] = []

        @Flag(help: "All letters, of one topic with --topic.")
        var all = false

        @Option(help: ArgumentHelp("With --all: only those of one dead-letter topic.", valueName: "name"))
        var topic: String?

        @Flag(help: "Send them.")
        var yes = false

        @OptionGroup var options: LetterOptions

        func validate() throws {
            if all, !places.isEmpty { throw ValidationError("Name letters, or say --all.") }
            if !all, places.isEmpty {
                throw ValidationError("Name letters, as 'dead-letters list' shows them, or say --all.")
            }
            if topic != nil, !all { throw ValidationError("--topic goes with --all.") }
        }

        func run() throws {
            let letters = try options.letters()
            let chosen = try chosenLetters(letters)
            var sent = 0
            var refused = 0
            var origins: Set<String> = []
            let mailer = yes ? try Mailer(options) : nil
            for letter in chosen {
                do throws(RedriveError) {
                    let redrive = try Redrive(of: letter.record)
                    let name = options.cluster.topicPrefix + redrive.topic
                    guard letters.system.needs.contains(where: { $0.name == name }) else {
                        refused += 1
                        Terminal.note("\(letter.place): topic '\(name)' is none of this system; send it by hand")
                        continue
                    }
                    // Each group that could not process a record has written a letter about it.
                    guard origins.insert(letter.origin).inserted else {
                        Terminal.print("\(letter.place): the same record as before")
                        continue
                    }
                    Terminal.print(
                        "\(letter.place) → \(name)\(redrive.count > 1 ? ", for the \(redrive.count). time" : "")")
                    mailer?.send(redrive.record, to: name)
                    sent += 1
                } catch {
                    refused += 1
                    Terminal.note("\(letter.place): \(error)")
                }
            }
            try mailer?.finish()
            let records = sent == 1 ? "1 record" : "\(sent) records"
            Terminal.print(yes ? "Sent back: \(records)." : "Would be sent back: \(records); --yes sends them.")
            if refused > 0 { throw ExitCode.found }
        }

        private func chosenLetters(_ letters: Letters) throws -> [Letter] {
            var chosen: [Letter] = []
            if all {
                let topics = try options.topics(topic, of: letters)
                try LetterOptions.asking {
                    try letters.forEach(in: topics) { letter in
                        chosen.append(letter)
                        return true
                    }
                }
                return chosen
            }
            for place in places {
                guard let letter = try LetterOptions.asking({ try letters.letter(at: place) }) else {
                    throw Terminal.fail("there is no record at \(place) (any more); nothing was sent.", .badInput)
                }
                chosen.append(letter)
            }
            return chosen
        }
    }
}

/// Sends records and waits until Kafka has them.
private final class Mailer {
    private let producer: Producer
    private var failures: [KafkaFailure] = []
    private var count: UInt64 = 0

    init(_ options: LetterOptions) throws {
        let brokers = try options.cluster.found(near: options.store.directory)
        let properties = try options.cluster.properties()
        let own = [(name: "enable.idempotence", value: "true"), (name: "acks", value: "all")]
        producer = try LetterOptions.asking {
            try Producer(properties.setting(own.filter { !properties.isSet($0.name) }), brokers: brokers)
        }
    }

    func send(_ record: Record, to topic: String) {
        count += 1
        do {
            try producer.produce(record, to: topic, tag: count)
            collect(try producer.poll())
        } catch { failures.append(error) }
    }

    private func collect(_ reports: [DeliveryReport]) { failures += reports.compactMap(\.failure) }

    /// Exit code 69 when something did not arrive.
    func finish() throws {
        do {
            try producer.flush(within: .seconds(30))
            collect(try producer.poll())
        } catch { failures.append(error) }
        collect(producer.close())
        guard let first = failures.first else { return }
        throw Terminal.fail(
            "\(failures.count) letters did not arrive (\(first.reason)): send them again, it does no harm.",
            .unavailable)
    }
}

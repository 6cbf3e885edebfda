import ArgumentParser
import Foundation
import Kafka
import Live
import RdKafka
import Services

/// A dead letter as it stands in its topic.
struct Letter {
    let place: LetterPlace
    let record: Record

    /// A header's text; `-` when it is missing, `?` when it is no text.
    func text(_ header: String) -> String {
        guard let value = record.header(header) else { return "-" }
        return String(validating: value, as: UTF8.self) ?? "?"
    }

    /// Where it stood first: `orders/2@117`.
    var origin: String {
        "\(text(DeadLetterHeader.topic))/\(text(DeadLetterHeader.partition))@\(text(DeadLetterHeader.offset))"
    }

    /// When it became a dead letter.
    var moment: String {
        Date(timeIntervalSince1970: Double(record.timestampMilliseconds) / 1_000).formatted(.iso8601)
    }
}

/// The dead letters of a system on a cluster.
struct Letters {
    let system: ServedSystem
    /// The dead-letter topics, under their names on the cluster.
    let topics: [String]
    private let reader: TopicReader

    init(_ system: ServedSystem, _ reader: TopicReader) {
        self.system = system
        self.reader = reader
        var topics: [String] = []
        for service in system.services {
            for topic in service.subscriptions {
                let name = system.topics.name(of: service.deadLetterTopic(for: topic))
                if !topics.contains(name) { topics.append(name) }
            }
        }
        self.topics = topics.sorted()
    }

    /// Hands over every letter of these topics, one partition after the other, until `body` says false.
    func forEach(in topics: [String], _ body: (Letter) -> Bool) throws(KafkaFailure) {
        for topic in topics {
            for number in 0..<(try reader.partitionCount(of: topic, within: .seconds(5))) {
                let partition = NamedPartition(topic, number)
                var isWanted = true
                let ends = try reader.ends(of: partition, within: .seconds(5))
                try reader.read(partition, ends, within: .seconds(10)) { record in
                    isWanted = body(Letter(place: LetterPlace(partition, record.offset), record: record.record))
                    return isWanted
                }
                if !isWanted { return }
            }
        }
    }

    /// The letter at a place; nil when none is there.
    func letter(at place: LetterPlace) throws(KafkaFailure) -> Letter? {
        try reader.record(at: place.offset, of: place.partition, within: .seconds(10))
            .map { Letter(place: place, record: $0.record) }
    }
}

/// What all commands about dead letters need to know.
struct LetterOptions: ParsableArguments {
    @OptionGroup var system: SystemOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var store: StoreOptions

    /// The letters of a cluster that answers.
    func letters() throws -> Letters {
        let served = try ServedSystem(system.system(), prefix: cluster.topicPrefix, services: "all")
        _ = try Reached.admin(cluster, near: store.directory)
        let brokers = try cluster.found(near: store.directory)
        return try Self.asking {
            Letters(served, try TopicReader(try cluster.properties(), brokers: brokers))
        }
    }

    /// The topics that are meant by `--topic`, or all.
    func topics(_ wanted: String?, of letters: Letters) throws -> [String] {
        guard let wanted else { return letters.topics }
        guard letters.topics.contains(wanted) else {
            throw Terminal.fail(
                "'\(wanted)' is no dead-letter topic of this system; it has \(letters.topics.joined(separator: ", ")).",
                .badInput)
        }
        return [wanted]
    }

    /// The result, or exit code 69 and what the cluster said.
    static func asking<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let failure as KafkaFailure {
            throw Terminal.fail("the cluster does not do it: \(failure.reason)", .unavailable)
        }
    }
}

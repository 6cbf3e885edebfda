import Harness
import Kafka
import Services

/// What became of records that nobody can read.
extension Checker {
    /// A copy that is equal to the last byte does not count as a second letter: outboxes deliver at least once.
    static let poisonDeadLetteredOnce = Checker(
        "poison-dead-lettered-once",
        "A record that cannot be read ends in the dead-letter topic, once for each group that reads its topic."
    ) { history, findings in
        guard history.isSettled, !history.poison.isEmpty else { return }
        let letters = history.lettersByOrigin()
        for (number, poison) in history.poison.enumerated() {
            for group in history.readers(of: poison.partition.topic) {
                findings.sample()
                let place = history.describe(poison.partition, poison.offset)
                let found = letters[number].filter { history.deadLetters[$0].group == group }
                guard let first = found.first.map({ history.deadLetters[$0] }) else {
                    findings.report(
                        place, at: poison.at,
                        "The record cannot be read (\(poison.why.message)), and \(group) has not dead-lettered it.")
                    continue
                }
                if let second = found.dropFirst().first(where: { history.deadLetters[$0].record != first.record }) {
                    findings.report(
                        place, at: history.deadLetters[second].at, "\(group) has dead-lettered the record twice.")
                }
                check(first, of: poison, place, history, &findings)
            }
        }
    }

    private static func check(
        _ letter: DeadLetter, of poison: PoisonRecord, _ place: String, _ history: OrderHistory,
        _ findings: inout Findings
    ) {
        let topic = history.source.topics.name(of: poison.partition.topic)
        let wanted = topic + history.blueprint.deadLetterSuffix
        let actual = history.source.topics.name(of: letter.partition.topic)
        if actual != wanted {
            findings.report(place, at: letter.at, "The dead letter is in \(actual) and should be in \(wanted).")
        }
        if letter.record.value != poison.record.value || letter.record.key != poison.record.key {
            findings.report(place, at: letter.at, "The dead letter's key or value is not that of the record.")
        }
        if letter.exception?.isEmpty != false || letter.message?.isEmpty != false {
            findings.report(place, at: letter.at, "The dead letter does not say what is wrong with the record.")
        }
    }

    static let nothingValidDeadLettered = Checker(
        "nothing-valid-dead-lettered", "Only records that cannot be read end in a dead-letter topic."
    ) { history, findings in
        for letter in history.deadLetters {
            findings.sample()
            switch history.origin(of: letter) {
            case .poison: break
            case .event(let number):
                let event = history.events[Int(number)]
                findings.report(
                    event.event.order, at: letter.at,
                    "A sound \(event.type) was dead-lettered by \(letter.group ?? "an unknown group"): "
                        + "\(letter.message ?? "no reason is given").")
            case .nothing, .deadLetter, .retry, nil:
                findings.report(
                    history.describe(letter.partition, letter.offset), at: letter.at,
                    "The dead letter names no record that it could have come from.")
            }
        }
        // With poison about and no dead letter of anything else, the invariant was put to the test.
        findings.sample(history.poison.count)
    }
}

extension OrderHistory {
    /// What a dead letter says that it was.
    fileprivate func origin(of letter: DeadLetter) -> LogContent? {
        guard let topic = letter.topic.flatMap({ source.topics.id(of: $0) }), let partition = letter.originalPartition,
            let offset = letter.originalOffset
        else { return nil }
        return log[TopicPartition(topic, partition), offset]
    }

    /// For each poison record, the numbers of the letters that name it.
    fileprivate func lettersByOrigin() -> [[Int]] {
        var letters = [[Int]](repeating: [], count: poison.count)
        for (number, letter) in deadLetters.enumerated() {
            if case .poison(let record) = origin(of: letter) { letters[Int(record)].append(number) }
        }
        return letters
    }

    /// The groups that read a topic.
    func readers(of topic: TopicID) -> [String] {
        let name = source.topics.name(of: topic)
        return blueprint.participants.filter { blueprint.topicsRead(by: $0.role).contains(name) }.map(\.group)
    }
}

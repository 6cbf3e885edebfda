import Harness
import Kafka
import Orders

/// That services keep to what they have agreed upon.
extension Checker {
    /// Who reads an event cannot ask what was meant. Dead letters and records in retry topics are not looked at: what
    /// they are copies of was.
    static let eventsMatchContract = Checker(
        "events-match-contract",
        "Every record that a service publishes is an event as its contract says: fields, headers, key and topic.",
        needsWholeLog: false
    ) { history, findings in
        let contracts = ContractCheck(history.blueprint)
        let topics = history.source.topics
        let inputs = topics.names.map { name in history.blueprint.topics.contains { $0.name == name } }
        let stranger = Array(EventHeader.source(of: PoisonWriter.name).utf8)
        for entry in history.source.entries {
            guard case .appended(let partition, let offset, let record) = entry.event,
                inputs[Int(partition.topic.rawValue)]
            else { continue }
            let topic = topics.name(of: partition.topic)
            if case .event(let number) = history.log[partition, offset] {
                findings.sample()
                if contracts.isExact(record, as: history.events[Int(number)].event, in: topic) { continue }
            } else {
                if record.header(EventHeader.source) == stranger { continue }
                findings.sample()
            }
            guard let finding = contracts.finding(in: record, of: topic) else { continue }
            findings.report(history.describe(partition, offset), at: entry.at, finding)
        }
    }
}

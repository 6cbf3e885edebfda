import Kafka
import Services

/// Which topic a number in a service's store means. Rows of an outbox hold numbers; a system whose topics have changed
/// would send them elsewhere.
struct TopicRow: Row {
    static let table = "topics"
    var key: Int32
    var name: String

    /// Writes the numbers down, or finds that a store means other topics by them.
    ///
    /// - Throws: `TopicsChanged`.
    static func check(_ topics: TopicTable, in transaction: WorkingSet) throws {
        for topic in topics.all {
            let row = TopicRow(key: topic.rawValue, name: topics.name(of: topic))
            let known = try transaction.row(TopicRow.self, row.key)
            if let known, known != row { throw TopicsChanged(number: row.key, was: known.name, is: row.name) }
            if known == nil { try transaction.set(row, for: row.key) }
        }
    }
}

/// A store was written by a system with other topics.
public struct TopicsChanged: Error, Hashable, Sendable, CustomStringConvertible {
    /// The topic's number.
    public var number: Int32
    public var was: String
    public var `is`: String

    public var description: String {
        "the store was written for topic '\(was)' where this system has '\(`is`)' (number \(number)): use another --store, or the "
            + "blueprint and retry topics that the store was made with"
    }
}

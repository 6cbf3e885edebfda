import ArgumentParser
import Foundation
import Kafka
import RdKafka

/// A process of its own with librdkafka's mock cluster in it: prints where to find it, obeys lines on standard input
/// with `ok` or a reason, and ends with them.
struct MockServer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock-cluster", abstract: "Run librdkafka's mock cluster until standard input ends.")

    @Option(help: "How many brokers.")
    var brokers: Int32 = 3

    func run() throws {
        let cluster = try MockCluster(brokers: brokers)
        say(cluster.bootstrapServers)
        while let line = readLine() {
            do {
                let goesOn = try obey(line.split(separator: " ").map(String.init), cluster)
                say("ok")
                if !goesOn { return }
            } catch {
                say("\(error)")
            }
        }
    }

    private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    /// Returns whether another order is awaited.
    private func obey(_ words: [String], _ cluster: MockCluster) throws -> Bool {
        guard let order = words.first.flatMap(MockOrder.init(rawValue:)) else { throw Refused("unknown order") }
        let arguments = Array(words.dropFirst())
        switch order {
        case .topic:
            try cluster.createTopic(
                try word(arguments, 0), partitions: try number(arguments, 1),
                replicationFactor: try number(arguments, 2))
        case .leader:
            let partition = NamedPartition(try word(arguments, 0), try number(arguments, 1))
            try cluster.setLeader(of: partition, to: try number(arguments, 2))
        case .coordinator:
            guard let key = MockCluster.CoordinatorKey(rawValue: try word(arguments, 0)) else {
                throw Refused("a coordinator of what?")
            }
            try cluster.setCoordinator(of: key, named: try word(arguments, 1), to: try number(arguments, 2))
        case .end: return false
        case .down: try cluster.setDown(try number(arguments, 0), true)
        case .up: try cluster.setDown(try number(arguments, 0), false)
        case .roundTrip:
            for broker in 1...cluster.brokerCount {
                try cluster.setRoundTripTime(of: broker, to: .milliseconds(try number(arguments, 0)))
            }
        }
        return true
    }

    private func word(_ words: [String], _ index: Int) throws -> String {
        guard index < words.count else { throw Refused("a word is missing") }
        return words[index]
    }

    private func number(_ words: [String], _ index: Int) throws -> Int32 {
        guard let number = Int32(try word(words, index)) else { throw Refused("\(words[index]) is not a number") }
        return number
    }
}

/// What the process with the mock cluster can be told.
enum MockOrder: String {
    /// name, partitions, replication factor
    case topic
    /// topic, partition, broker
    case leader
    /// `group` or `transaction`, name, broker
    case coordinator
    case down
    case up
    /// of all brokers, in milliseconds
    case roundTrip = "round-trip"
    case end
}

struct Refused: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

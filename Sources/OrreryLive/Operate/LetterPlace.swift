import ArgumentParser
import Kafka

/// Where a dead letter stands: `orders-dlq/0@12`.
struct LetterPlace: Hashable, Sendable, ExpressibleByArgument, CustomStringConvertible {
    let partition: NamedPartition
    let offset: Int64

    init(_ partition: NamedPartition, _ offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    init?(argument: String) {
        // Topics have no slashes in their names.
        guard let slash = argument.firstIndex(of: "/"), slash != argument.startIndex,
            let at = argument[slash...].firstIndex(of: "@"),
            let number = Int32(argument[argument.index(after: slash)..<at]), number >= 0,
            let offset = Int64(argument[argument.index(after: at)...]), offset >= 0
        else { return nil }
        self.init(NamedPartition(String(argument[..<slash]), number), offset)
    }

    var description: String { "\(partition.topic)/\(partition.number)@\(offset)" }
}

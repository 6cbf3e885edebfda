import Kafka
import LiveTestSupport
import RdKafka
import Testing

/// One table for the virtual and the real client: librdkafka has the last word.
@Suite(.ownThread) struct PropertyTableTests {
    @Test("librdkafka knows the property, and its default is the table's", arguments: PropertyTable.all.map(\.name))
    func defaults(_ name: String) throws {
        let definition = try #require(PropertyTable.definition(of: name))
        let found = try #require(defaultValue(of: name), "librdkafka does not know \(name)")
        #expect(found == definition.defaultText)
    }

    @Test("librdkafka knows the aliases", arguments: PropertyTable.all.flatMap(\.aliases))
    func aliases(_ alias: String) { #expect(defaultValue(of: alias) != nil) }

    @Test("What is no property of librdkafka's is found")
    func unknown() { #expect(defaultValue(of: "max.poll.records") == nil) }
}

import Kafka
import Simulation
import Testing
import VirtualKafka

@Suite("Producing and consuming")
struct ProduceConsumeTests {
    @Test("Records of one key are consumed in the order in which they were produced, and nothing is missing")
    func orderPerKey() {
        var driver = Driver()
        let producer = driver.producer()
        let (consumer, _) = driver.consumer()
        for tag in 0..<300 as Range<UInt64> {
            driver.produce(tag, key: "customer-\(tag % 7)", by: producer)
            driver.run(for: .milliseconds(3))
        }
        driver.run(for: .seconds(10))
        #expect(driver.delivered.count == 300)
        let tags = driver.received.flatMap { $0.records }.map { Driver.tag(of: $0.record) }
        #expect(tags.sorted() == Array(0..<300))
        for key in 0..<7 as Range<UInt64> {
            let mine = tags.filter { $0 % 7 == key }
            #expect(mine == mine.sorted())
        }
        #expect(driver.received.allSatisfy { $0.client == consumer })
        #expect(driver.cluster.checkInvariants() == [])
    }

    @Test("A response that is lost after the append: an idempotent producer leaves one record, another leaves two")
    func lostResponse() {
        for (properties, copies) in [(idempotent, 1), ([], 2)] {
            var driver = Driver(partitions: 1)
            let producer = driver.producer(properties)
            driver.run(for: .seconds(1))
            let node = NodeID(rawValue: 3)
            let broker = NodeID.broker(driver.leader()!)
            // Whatever the leader sends to the producer next is lost.
            for number in 0..<3 as Range<UInt32> {
                let message = MessageIdentity(from: broker, to: node, number: number)
                driver.cluster.network.plannedFates[message] = .lose
            }
            driver.produce(1, by: producer)
            driver.run(for: .seconds(1))
            driver.cluster.network.plannedFates = [:]
            driver.run(for: .seconds(20))
            #expect(driver.delivered[1] != nil)
            #expect(!driver.cluster.network.firedFates.isEmpty)
            let found = driver.log(0).count
            #expect(copies == 1 ? found == 1 : found >= 2)
        }
    }

    @Test("acks=0 is delivered at once, without an offset")
    func withoutAcknowledgement() {
        var driver = Driver()
        let producer = driver.producer([("acks", "0"), ("linger.ms", "0")])
        driver.run(for: .seconds(1))
        driver.produce(1, key: "a", by: producer)
        #expect(driver.delivered[1]?.offset == -1)
        driver.run(for: .seconds(1))
        #expect(driver.logs.flatMap { $0 } == [1])
    }

    @Test("A message that cannot be delivered in time fails, and later ones still go through in order")
    func messageTimeout() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer(idempotent + [("message.timeout.ms", "2000")])
        driver.run(for: .seconds(1))
        driver.produce(1, by: producer)
        driver.run(for: .milliseconds(50))
        for broker in 0..<3 { driver.cut(.broker(broker), NodeID(rawValue: 3)) }
        driver.produce(2, by: producer)
        driver.run(for: .seconds(5))
        #expect(driver.failed[2] == .messageTimedOut)
        driver.cluster.network.unblockAll()
        driver.produce(3, by: producer)
        driver.run(for: .seconds(1))
        driver.produce(4, by: producer)
        driver.run(for: .seconds(10))
        #expect(driver.delivered[3] != nil || driver.failed[3] != nil)
        #expect(driver.delivered[4] != nil)
        #expect(!driver.cluster.hasUnsentRecords(producer))
        let log = driver.log(0)
        #expect(log == log.sorted())
    }

    @Test("A paused partition hands nothing over until it is resumed")
    func pause() {
        var driver = Driver(partitions: 1)
        let producer = driver.producer()
        let (consumer, _) = driver.consumer()
        driver.run(for: .seconds(8))
        let partition = TopicPartition(Driver.orders, 0)
        driver.cluster.pause([partition], by: consumer)
        driver.produce(1, by: producer)
        driver.run(for: .seconds(3))
        #expect(driver.received.isEmpty)
        driver.act { $0.resume([partition], by: consumer, at: $1, into: &$2) }
        driver.run(for: .seconds(3))
        #expect(driver.received.flatMap { $0.records }.count == 1)
    }
}

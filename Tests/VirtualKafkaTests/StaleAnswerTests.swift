import Kafka
import Simulation
import Testing

@testable import VirtualKafka

@Suite("Stale answers")
struct StaleAnswerTests {
    @Test("The answer to offsets that were given up does not count for those sent next")
    func formerOffsets() {
        var driver = Driver(partitions: 1)
        let producer = driver.transactionalProducer()
        let (consumer, _) = driver.consumer()
        driver.run(for: .seconds(5))
        driver.initialize(producer)
        let place = TopicPartition(Driver.orders, 0)
        driver.begin(producer)
        let outcome = driver.step {
            $0.sendOffsets(
                [(place, 1)], ofConsumer: consumer, tag: $1, timeout: .microseconds(1), by: producer, at: $2, into: &$3)
        }
        #expect(outcome == .failed(TransactionError(.timedOut, .abortable)))
        driver.abortTransaction(producer)
        driver.begin(producer)
        let second = driver.start {
            $0.sendOffsets([(place, 2)], ofConsumer: consumer, tag: $1, by: producer, at: $2, into: &$3)
        }
        for response in [TransactionResponse.addOffsets(.none), .commitOffsets(.none), .commitOffsets(.none)] {
            driver.act { cluster, now, output in
                cluster.begin(now, &output)
                cluster.producers[0].receive(response, .offsets(call: 1), &cluster.fabric)
                cluster.end(&output)
            }
        }
        #expect(driver.outcome(of: second) == .unfinished)
        driver.run(for: .seconds(5))
        #expect(driver.outcome(of: second) == .succeeded)
        #expect(driver.commitTransaction(producer) == .succeeded)
        driver.run(for: .seconds(1))
        #expect(driver.committedOffset() == 2)
    }
}

import Kafka
import Live
import LiveTestSupport
import RdKafka
import Services
import Simulation
import Stores
import Synchronization
import Testing

/// One instance on librdkafka's mock cluster.
@Suite(.ownThread)
struct LiveInstanceTests {
    @Test func recordsAreHandledSentOnAndCommitted() throws {
        let bench = try LiveBench()
        let instance = try bench.instance()
        instance.start()
        try bench.send(Array(repeating: "hello", count: 500))
        #expect(eventually { bench.total == 500 })
        #expect(try eventually { try bench.records(in: "out") == 500 })
        #expect(try eventually { try bench.committed() == 500 })
        #expect(bench.listener.acknowledged == 500)
        instance.stop()
        #expect(instance.join() == nil)
    }

    @Test func aRequestIsAnsweredAndPoisonIsPutAside() throws {
        let bench = try LiveBench()
        let instance = try bench.instance()
        instance.start()
        try bench.send(["poison", "hello"])
        let answered = Mutex<Response?>(nil)
        instance.submit(Request(id: 7, method: .post, path: "/", body: [42])) { response in
            answered.withLock { $0 = response }
        }
        #expect(eventually { answered.withLock { $0 } == Response(status: 201, body: [42]) })
        #expect(try eventually { try bench.records(in: "in.dlq") == 1 })
        #expect(eventually { bench.total == 1 })
        instance.stop()
        #expect(instance.join() == nil)
        instance.submit(Request(id: 8, method: .post, path: "/")) { response in answered.withLock { $0 = response } }
        #expect(answered.withLock { $0 } == nil)
    }

    @Test func providersAnswerAndDeadlinesAreMetInTime() throws {
        let bench = try LiveBench()
        let instance = try bench.instance()
        instance.start()
        try bench.send(["call", "deadline"])
        #expect(eventually { bench.count("answers") == 1 })
        #expect(eventually { bench.count("deadlines") == 1 })
        instance.stop()
        #expect(instance.join() == nil)
    }

    @Test func aNewLifeGoesOnWhereTheLastOneStopped() throws {
        let bench = try LiveBench()
        for life in 1...2 {
            let instance = try bench.instance(properties: ["group.instance.id": "static"])
            instance.start()
            try bench.send(Array(repeating: "hello", count: 100))
            #expect(eventually { bench.total == Int64(life) * 100 })
            instance.stop()
            #expect(instance.join() == nil)
            #expect(try bench.committed() == Int64(life) * 100)
        }
        #expect(try bench.records(in: "out") == 200)
    }

    @Test func itStartsBeforeItsTopics() throws {
        let bench = try LiveBench()
        // The brokers know nothing of the topic, for a while.
        bench.cluster.setError(of: "in", to: 3)
        let instance = try bench.instance(properties: ["topic.metadata.refresh.interval.ms": "200"])
        instance.start()
        #expect(eventually { bench.listener.notes.contains { if case .trouble = $0 { true } else { false } } })
        bench.cluster.setError(of: "in", to: 0)
        try bench.send(["hello"])
        #expect(eventually { bench.total == 1 })
        instance.stop()
        #expect(instance.join() == nil)
    }

    @Test func itStartsBeforeItsCluster() throws {
        let bench = try LiveBench()
        try bench.cluster.setDown(1, true)
        let instance = try bench.instance(properties: ["reconnect.backoff.max.ms": "200"])
        instance.start()
        #expect(eventually { bench.listener.notes.contains { if case .trouble = $0 { true } else { false } } })
        try bench.cluster.setDown(1, false)
        try bench.send(["hello"])
        #expect(eventually { bench.total == 1 })
        instance.stop()
        #expect(instance.join() == nil)
    }

    @Test func itWaitsForItsStore() throws {
        let bench = try LiveBench()
        let tables = bench.tables
        let tries = Mutex(0)
        let instance = try bench.instance {
            let number = tries.withLock {
                $0 += 1
                return $0
            }
            if number < 3 { throw StoreFailure("the database is not there") }
            return MemoryStore(tables)
        }
        instance.start()
        try bench.send(["hello"])
        #expect(eventually { bench.total == 1 })
        #expect(tries.withLock { $0 } == 3)
        instance.stop()
        #expect(instance.join() == nil)
    }

    @Test func aReaderThatFallsBehindTheEmbeddedBrokerStopsAndSaysSo() throws {
        let bench = try LiveBench()
        try bench.send(Array(repeating: String(repeating: "x", count: 100_000), count: 80), partition: 0)
        let instance = try bench.instance(isEmbedded: true)
        instance.start()
        let failure = try #require(instance.join())
        #expect(failure.contains("echo/1 fell behind what the embedded broker keeps"))
        #expect(bench.total == 0)
    }

    @Test func whatIsReadAheadIsBounded() throws {
        let bench = try LiveBench()
        try bench.send(Array(repeating: "hello", count: 4_000))
        let instance = try bench.instance(isEmbedded: true)
        instance.start()
        #expect(eventually { bench.total == 4_000 })
        #expect(try eventually { try bench.committed() == 4_000 })
        instance.stop()
        #expect(instance.join() == nil)
    }
}

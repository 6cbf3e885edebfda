import Kafka
import Services
import Simulation
import Testing

@Suite("The outbox")
struct OutboxTests {
    @Test("sends the messages of one key one after the other, in order")
    func order() {
        var bench = Workbench()
        bench.receive(["forward a", "forward b", "forward c"])
        bench.settle()
        #expect(bench.produced.map(\.value) == ["forward a"])
        for sent in 1...3 {
            bench.send(.delivered(tag: bench.produced[sent - 1].tag))
            bench.settle()
        }
        #expect(bench.produced.map(\.value) == ["forward a", "forward b", "forward c"])
        #expect(bench.store.count(of: OutboxMessage.self) == 0)
        #expect(bench.store.count(of: OutboxQueue.self) == 0)
    }

    @Test("keeps a message until Kafka has it, however often the client gives up")
    func retries() {
        var bench = Workbench()
        bench.receive(["forward a"])
        bench.settle()
        for _ in 1...3 {
            bench.send(.deliveryFailed(tag: bench.produced[0].tag, .messageTimedOut))
            bench.wait(.seconds(1))
        }
        #expect(bench.produced.map(\.value) == Array(repeating: "forward a", count: 4))
    }

    @Test("is taken over from a dead instance by the living, and at once by its own next life")
    func takeover() {
        var dead = Workbench()
        dead.receive(["forward a", "forward b"])
        dead.settle()

        let reborn = Workbench(store: dead.store, life: 2)
        #expect(reborn.produced.map(\.value) == ["forward a"])

        var other = Workbench(store: dead.store, number: 2)
        #expect(other.produced.isEmpty, "the first may still be alive")
        other.wait(.seconds(7))
        #expect(other.produced.map(\.value) == ["forward a"])
        other.send(.delivered(tag: other.produced[0].tag))
        other.settle()
        #expect(other.produced.map(\.value) == ["forward a", "forward b"])
    }

    @Test("does not lose a message to the late acknowledgement of an instance that was taken for dead")
    func zombie() {
        var zombie = Workbench()
        zombie.receive(["forward a"])
        zombie.settle()

        var other = Workbench(store: zombie.store, number: 2)
        other.wait(.seconds(7))
        other.send(.delivered(tag: other.produced[0].tag))
        other.settle()
        other.receive(["forward b"], from: 1)
        other.settle()
        #expect(other.store.count(of: OutboxMessage.self) == 1)

        zombie.store = other.store
        zombie.now = other.now
        zombie.send(.delivered(tag: zombie.produced[0].tag))
        zombie.settle()
        #expect(zombie.store.count(of: OutboxMessage.self) == 1, "the message of the new owner must stay")
    }

    @Test("finds a message again whose commit was never confirmed")
    func lostTrack() {
        var bench = Workbench()
        bench.receive(["forward a"])
        bench.transact(losingAnswer: true)
        #expect(bench.produced.isEmpty)
        bench.wait(.seconds(2))
        #expect(bench.produced.map(\.value) == ["forward a"])
    }

    @Test("never gives the id of a message to another one, also when a batch is tried again")
    func idsAreUnique() {
        var bench = Workbench()
        bench.wait(.milliseconds(10))
        bench.receive(["deadline z"], key: "z")
        bench.settle()
        bench.wait(.milliseconds(2_900))
        // One batch with housekeeping and two messages, committed without a word just before the deadline …
        bench.receive(["count y"], from: 1, key: "y")
        bench.send(.timer(.housekeeping))
        bench.receive(["forward a"], from: 2, key: "a")
        bench.receive(["forward b"], from: 3, key: "b")
        bench.transact()
        bench.transact(losingAnswer: true)
        #expect(bench.store.count(of: OutboxMessage.self) == 2)
        // … and tried again just after it, with one more message.
        bench.now = bench.now + .milliseconds(200)
        bench.wait(.seconds(1))
        let messages = bench.store.rows(OutboxMessage.self)
        #expect(messages.count == 3)
        #expect(Set(messages.map(\.id)).count == 3)
    }

    @Test("is what keeps an event when the process dies after the commit")
    func dualWrite() {
        for publishing in Publishing.allCases {
            var policies = RuntimePolicies()
            policies.publishing = publishing
            var dead = Workbench(policies: policies)
            dead.receive(["forward a"])
            dead.transact(losingAnswer: true)
            let reborn = Workbench(store: dead.store, life: 2, policies: policies)
            #expect(reborn.produced.count == (publishing == .outbox ? 1 : 0))
        }
    }
}

@Suite("Poison")
struct PoisonTests {
    @Test("goes to the dead-letter topic once, with the reason in its headers, and the partition goes on")
    func deadLetter() throws {
        var bench = Workbench()
        bench.receive(["nonsense", "count a"])
        bench.transact(losingAnswer: true)
        bench.wait(.seconds(1))
        bench.receive(["nonsense", "count a"])
        bench.settle()
        #expect(bench.count() == 1)
        let letters = bench.store.rows(OutboxMessage.self)
        #expect(letters.count == 1)
        let letter = try #require(letters.first)
        #expect(letter.topic.rawValue == 2)
        #expect(letter.record.value == Array("nonsense".utf8))
        // A time of its own: the producer would stamp each sending with another.
        #expect(letter.record.timestampMilliseconds > 0)
        func header(_ name: String) -> String? {
            letter.record.header(name).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(header(DeadLetterHeader.topic) == "in")
        #expect(header(DeadLetterHeader.partition) == "0")
        #expect(header(DeadLetterHeader.offset) == "0")
        #expect(header(DeadLetterHeader.group) == "counting")
        #expect(header(DeadLetterHeader.exception) == "Strange")
        #expect(header(DeadLetterHeader.message) == "'nonsense' means nothing")
    }

    @Test("is passed over, or stops its partition, by policy")
    func otherPolicies() {
        for (policy, expected) in [(PoisonHandling.skip, Int64(1)), (.halt, 0)] {
            var policies = RuntimePolicies()
            policies.poison = policy
            var bench = Workbench(policies: policies)
            bench.receive(["nonsense", "count a"])
            bench.settle()
            bench.wait(.seconds(60))
            #expect(bench.count() == expected)
            #expect(bench.store.count(of: OutboxMessage.self) == 0)
        }
    }
}

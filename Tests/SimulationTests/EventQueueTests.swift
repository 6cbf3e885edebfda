import Simulation
import Testing

@Suite struct EventQueueTests {
    @Test func `events come out in order of time`() {
        var queue = EventQueue<String>()
        queue.push("late", at: Instant(nanoseconds: 30))
        queue.push("early", at: Instant(nanoseconds: -10))
        queue.push("middle", at: Instant(nanoseconds: 20))
        #expect(queue.count == 3)
        #expect(queue.nextTime == Instant(nanoseconds: -10))
        #expect(queue.drained() == ["early", "middle", "late"])
        #expect(queue.isEmpty)
        #expect(queue.nextTime == nil)
        #expect(queue.popFirst() == nil)
    }

    @Test func `events of one moment come out in the order of insertion, whichever slots they got`() {
        var queue = EventQueue<Int>()
        for event in 0..<100 { queue.push(event, at: .zero) }
        // Freed in an order of its own, the slots are handed out again in another one.
        #expect((0..<50).allSatisfy { queue.popFirst()?.event == $0 })
        for event in 100..<200 { queue.push(event, at: .zero) }
        #expect(queue.drained() == Array(50..<200))
    }

    @Test func `the first and the last moment of a clock are moments like others`() {
        var queue = EventQueue<Int>()
        for nanoseconds in [Int64.max, 0, .min, -1, 1] { queue.push(0, at: Instant(nanoseconds: nanoseconds)) }
        var times: [Int64] = []
        while let (time, _) = queue.popFirst() { times.append(time.nanoseconds) }
        #expect(times == [.min, -1, 0, 1, .max])
    }

    @Test func `an event that was taken out is not kept alive`() {
        final class Payload {}
        var queue = EventQueue<Payload>()
        weak var payload: Payload?
        do {
            let strong = Payload()
            payload = strong
            queue.push(strong, at: .zero)
        }
        #expect(payload != nil)
        _ = queue.popFirst()
        #expect(payload == nil)
        queue.push(Payload(), at: .zero)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a random program leaves a queue and a sorted array with the same events`(seed: UInt64) {
        var program = RandomProgram(seed: seed)
        program.run(steps: 2_000)
    }

    @Test func `what a fork does leaves the original as it was`() {
        var program = RandomProgram(seed: 41)
        program.run(steps: 500)
        let original = program
        var fork = program
        fork.run(steps: 500)
        while fork.queue.popFirst() != nil {}
        var untouched = original.queue
        #expect(untouched.drained() == original.reference.map(\.event))
        #expect(original.queue.count == original.reference.count)
    }
}

extension EventQueue {
    fileprivate mutating func drained() -> [Event] {
        var events: [Event] = []
        while let (_, event) = popFirst() { events.append(event) }
        return events
    }
}

/// Pushes and pops by keyed draws, on a queue and on the plainest thing that does the same.
private struct RandomProgram {
    private static let operation = Purpose("operation")
    private static let delay = Purpose("delay")

    private let draws: Draws
    private var step: UInt64 = 0
    private var now = Instant.zero
    var queue = EventQueue<UInt64>()
    private(set) var reference: [(time: Instant, event: UInt64)] = []

    init(seed: UInt64) { draws = Draws(seed: seed) }

    mutating func run(steps: Int) {
        for _ in 0..<steps {
            step += 1
            // The queue swells and drains in turn, so that slots are used again at every size.
            let pushing = step / 250 % 2 == 0 ? 0.7 : 0.3
            if draws.chance(pushing, Self.operation, step) { push() } else { pop() }
            #expect(queue.count == reference.count)
            #expect(queue.nextTime == reference.first?.time)
        }
    }

    private mutating func push() {
        // Few different delays: most moments have several events.
        let time = now + .nanoseconds(Int64(draws.index(below: 20, Self.delay, step)))
        queue.push(step, at: time)
        let position = reference.firstIndex { $0.time > time } ?? reference.count
        reference.insert((time, step), at: position)
    }

    private mutating func pop() {
        let popped = queue.popFirst()
        let expected = reference.isEmpty ? nil : reference.removeFirst()
        #expect(popped?.time == expected?.time)
        #expect(popped?.event == expected?.event)
        now = popped?.time ?? now
    }
}

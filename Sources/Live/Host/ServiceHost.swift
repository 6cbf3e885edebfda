import Foundation
import Kafka
import Services
import Simulation

/// An instance as its host needs it.
public protocol HostedInstance: AnyObject, Sendable {
    /// Starts its thread.
    func start()
    /// Hands over a request; `answer` is called once, with nil when the instance has ended.
    func submit(_ request: Request, answer: @escaping @Sendable (Response?) -> Void)
    /// What is not finished, a phrase each; nil when the instance has ended.
    func pendingWork(answer: @escaping @Sendable ([String]?) -> Void)
    /// Asks it to finish and end.
    func stop()
    /// Waits until it has ended: nil after an orderly stop, else why it failed.
    func join() -> String?
}

extension LiveInstance: HostedInstance {}

/// A place in a host that an instance fills, and after it, if it fails, another one.
public struct InstancePlace: Sendable {
    /// `order/1`
    public var name: String
    /// `order`
    public var service: String
    /// Whether it reads any topic, so that its group has something to say.
    public var isReader: Bool
    /// Makes the instance of a life, from 1, that tells a listener what it does.
    public var make: @Sendable (_ life: UInt64, _ listener: any InstanceListener) -> any HostedInstance

    public init(
        name: String, service: String, isReader: Bool = true,
        make: @escaping @Sendable (_ life: UInt64, _ listener: any InstanceListener) -> any HostedInstance
    ) {
        self.name = name
        self.service = service
        self.isReader = isReader
        self.make = make
    }
}

/// How an instance of a host is.
public struct HostedState: Hashable, Sendable {
    public var name: String
    public var service: String
    /// Which life it is in, from 1.
    public var life: UInt64 = 0
    /// It has its store and runs.
    public var isRunning = false
    /// Its group has told it what to read, be it nothing.
    public var hasAssignment = false
    /// How many partitions it reads.
    public var partitions = 0
    /// What it said last that it is in trouble with, until it goes on.
    public var trouble: String?
}

/// Runs instances of services in one process: starts again what fails, brings requests to those that run, and lets all of
/// them finish at the end.
public final class ServiceHost: @unchecked Sendable {
    private final class Seat {
        let place: InstancePlace
        var state: HostedState
        var instance: (any HostedInstance)?

        init(_ place: InstancePlace) {
            self.place = place
            state = HostedState(name: place.name, service: place.service, hasAssignment: !place.isReader)
        }
    }

    /// The names of the services that run here, in the order of their places.
    public let services: [String]
    private let seats: [Seat]
    private let backoff: Backoff
    private let metrics: Metrics
    private let heard: @Sendable (_ instance: String, InstanceNote) -> Void

    // Guards everything that changes: the seats and what follows.
    private let condition = NSCondition()
    private var isStopping = false
    private var alive = 0
    private var turns: [String: Int] = [:]

    /// - Parameters:
    ///   - backoff: how long a failed instance waits for its next life.
    ///   - heard: told what instances have to say, on their threads.
    public init(
        _ places: [InstancePlace], metrics: Metrics,
        backoff: Backoff = Backoff(initial: .milliseconds(500), maximum: .seconds(30)),
        heard: @escaping @Sendable (_ instance: String, InstanceNote) -> Void
    ) {
        var services: [String] = []
        for place in places where !services.contains(place.service) { services.append(place.service) }
        self.services = services
        seats = places.map { Seat($0) }
        self.metrics = metrics
        self.backoff = backoff
        self.heard = heard
    }

    // MARK: Life

    /// Starts all instances, each with a thread that watches over it.
    public func start() {
        alive = seats.count
        for index in seats.indices {
            let thread = Thread { [self] in watch(index) }
            thread.name = "host of \(seats[index].place.name)"
            thread.start()
        }
    }

    /// Asks all instances to finish what is under way and to end. None is started any more.
    public func stop() {
        let running = condition.withLock {
            isStopping = true
            condition.broadcast()
            return seats.compactMap(\.instance)
        }
        for instance in running { instance.stop() }
    }

    /// Waits until all instances have ended.
    public func join() {
        condition.withLock { while alive > 0 { condition.wait() } }
    }

    private func watch(_ index: Int) {
        let seat = seats[index]
        var life: UInt64 = 1
        var failuresInARow = 0
        while let instance = begin(life, of: index) {
            let start = ContinuousClock.now
            instance.start()
            let failure = instance.join()
            condition.withLock { end(seat) }
            if failure == nil { break }
            // One that has worked for a while has got over what it failed with before.
            failuresInARow = ContinuousClock.now - start > .seconds(60) ? 1 : failuresInARow + 1
            guard wait(backoff.longestDelay(after: failuresInARow)) else { break }
            metrics.counter(.instanceRestarts, seat.place.service).add()
            life += 1
        }
        condition.withLock {
            alive -= 1
            condition.broadcast()
        }
    }

    /// Puts the instance of a life on its seat; nil when the host is stopping.
    private func begin(_ life: UInt64, of index: Int) -> (any HostedInstance)? {
        let seat = seats[index]
        return condition.withLock {
            if isStopping { return nil }
            let listener = SeatListener { [weak self] note in self?.note(note, of: index, life) }
            let instance = seat.place.make(life, listener)
            seat.instance = instance
            seat.state.life = life
            return instance
        }
    }

    private func end(_ seat: Seat) {
        seat.instance = nil
        seat.state.isRunning = false
        seat.state.hasAssignment = !seat.place.isReader
        seat.state.partitions = 0
        metrics.gauge(.assignedPartitions, seat.place.name).set(0)
    }

    /// Waits for a while; false when the host is stopping.
    private func wait(_ time: Duration) -> Bool {
        let end = Date(timeIntervalSinceNow: Double(time.nanoseconds) / 1e9)
        return condition.withLock {
            while !isStopping, condition.wait(until: end) {}
            return !isStopping
        }
    }

    // MARK: What instances say

    private func note(_ note: InstanceNote, of index: Int, _ life: UInt64) {
        let seat = seats[index]
        condition.withLock {
            guard seat.state.life == life else { return }
            switch note {
            case .started:
                seat.state.isRunning = true
                seat.state.trouble = nil
            case .assigned(let partitions):
                seat.state.hasAssignment = true
                seat.state.partitions += partitions.count
                seat.state.trouble = nil
            case .revoked(let partitions, _):
                seat.state.partitions = max(0, seat.state.partitions - partitions.count)
            case .trouble(let what): seat.state.trouble = what
            case .failed(let why):
                seat.state.isRunning = false
                seat.state.trouble = why
            case .stopped: seat.state.isRunning = false
            }
            metrics.gauge(.assignedPartitions, seat.place.name).set(seat.state.partitions)
        }
        heard(seat.place.name, note)
    }

    /// How all instances are.
    public var states: [HostedState] { condition.withLock { seats.map(\.state) } }

    // MARK: Requests

    /// Hands a request to an instance of a service, one after the other in turn; `answer` is called once, with nil when none
    /// runs or the one that was asked has ended.
    public func submit(
        _ request: Request, to service: String, answer: @escaping @Sendable (Response?) -> Void
    ) {
        guard let instance = nextInstance(of: service) else { return answer(nil) }
        instance.submit(request, answer: answer)
    }

    private func nextInstance(of service: String) -> (any HostedInstance)? {
        condition.withLock {
            let running = seats.filter { $0.place.service == service && $0.state.isRunning }.compactMap(\.instance)
            guard !running.isEmpty else { return nil }
            let turn = turns[service, default: 0]
            turns[service] = turn &+ 1
            return running[turn % running.count]
        }
    }

    /// What the instances have not finished, a phrase each, with their names; empty when all are at rest.
    public func pendingWork() async -> [String] {
        let running = condition.withLock { seats.compactMap { seat in seat.instance.map { (seat.place.name, $0) } } }
        var phrases: [String] = []
        for (name, instance) in running {
            let pending = await withCheckedContinuation { continuation in
                instance.pendingWork { continuation.resume(returning: $0) }
            }
            phrases += (pending ?? []).map { "\(name) \($0)" }
        }
        return phrases
    }
}

/// Hears of one life of an instance.
private struct SeatListener: InstanceListener {
    let heard: @Sendable (InstanceNote) -> Void

    func acknowledged(_ partition: TopicPartition, offset: Int64) {}
    func called(_ call: ProviderCall) {}
    func noted(_ note: InstanceNote) { heard(note) }
}

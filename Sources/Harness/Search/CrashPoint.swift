import Simulation

/// A moment between two things that an instance does, at which a sweep lets it crash.
public struct CrashPoint: Hashable, Sendable {
    /// Where it lies.
    public enum Place: Hashable, Sendable {
        /// Before an effect, counted from 1 over all lives of the instance.
        case beforeEffect(UInt64)
        /// While the store works on a transaction, which is rolled back.
        case beforeCommit(transaction: UInt64)
        /// When the store has committed and the instance has done everything that follows at once.
        case afterCommit(transaction: UInt64)
    }

    /// `payment/1`
    public var instance: String
    public var place: Place
    public var at: Instant
    /// What the instance did last: `commit`, `produce`, …
    public var previous: String
    /// What it would do next; nil when it waits.
    public var next: String?
    /// How many of its events the store has committed and Kafka has not acknowledged: where that is not 0, the moment lies
    /// between store and broker.
    public var unacknowledged: Int
    /// How many steps the world has made before it; nil for what happens while the world is being made.
    var step: Int?

    /// The crash as a fault of a plan.
    public func action(restartAfter downtime: Duration) -> FaultAction {
        switch place {
        case .beforeEffect(let number): .crashInstance(instance, beforeEffect: number, restartAfter: downtime)
        case .beforeCommit, .afterCommit: .killInstance(instance, at: at, restartAfter: downtime)
        }
    }

    /// Whether it lies between an effect and the one before it.
    public var isEffectBoundary: Bool { if case .beforeEffect = place { true } else { false } }
}

extension CrashPoint: CustomStringConvertible {
    /// `payment/1 at 0.412s, before effect 17 (produce), after commit`
    public var description: String {
        switch place {
        case .beforeEffect(let number):
            "\(instance) at \(at), before effect \(number)\(next.map { " (\($0))" } ?? ""), after \(previous)"
        case .beforeCommit(let number): "\(instance) at \(at), before transaction \(number) is committed"
        case .afterCommit(let number): "\(instance) at \(at), after transaction \(number) was committed"
        }
    }
}

extension World {
    /// Every moment of this world's run at which an instance can crash between two things that it does, in order.
    ///
    /// The world is run to its end; `events` is what that took.
    static func crashPoints(of world: World) -> (points: [CrashPoint], end: World) {
        var world = world
        var points = world.pointsOfBeginning
        var step = 0
        var previousTime = world.now
        world.watch = EffectWatch()
        while true {
            let commit = world.nextCommit
            let unacknowledged = commit.map { world.unacknowledged(by: $0.process) } ?? 0
            let goesOn = world.step()
            if let commit, previousTime < world.now - .nanoseconds(1) {
                let place = CrashPoint.Place.beforeCommit(transaction: commit.transaction)
                points.append(
                    world.point(
                        commit.process, place, at: world.now - .nanoseconds(1), unacknowledged, step: step))
            }
            points += world.pointsOfLastStep(step)
            if let commit {
                let place = CrashPoint.Place.afterCommit(transaction: commit.transaction)
                points.append(
                    world.point(
                        commit.process, place, at: world.now + .nanoseconds(1),
                        world.unacknowledged(by: commit.process), step: step))
            }
            step += 1
            previousTime = world.now
            guard goesOn else { return (points, world) }
        }
    }

    /// The process whose transaction the store is about to commit, if that is what happens next.
    private var nextCommit: (process: Int, transaction: UInt64)? {
        guard case .commit(let process, let life, _, let fate) = queue.first, fate != .failsBeforeCommit,
            isAlive(process, life: life)
        else { return nil }
        return (Int(process), processes[Int(process)].transactions)
    }

    private mutating func pointsOfLastStep(_ step: Int) -> [CrashPoint] {
        defer { watch?.sights.removeAll(keepingCapacity: true) }
        return (watch?.sights ?? []).map { sight in
            CrashPoint(
                instance: processes[sight.process].name, place: .beforeEffect(sight.number), at: now,
                previous: sight.previous, next: sight.effect, unacknowledged: sight.unacknowledged, step: step)
        }
    }

    private func unacknowledged(by process: Int) -> Int {
        guard let counts = watch?.unacknowledged, process < counts.count else { return 0 }
        return counts[process]
    }

    private func point(
        _ process: Int, _ place: CrashPoint.Place, at moment: Instant, _ unacknowledged: Int, step: Int
    ) -> CrashPoint {
        let isAfter = if case .afterCommit = place { true } else { false }
        return CrashPoint(
            instance: processes[process].name, place: place, at: moment, previous: isAfter ? "commit" : "transact",
            next: nil, unacknowledged: unacknowledged, step: step)
    }

    /// What instances do as they start, before the world makes its first step.
    private var pointsOfBeginning: [CrashPoint] {
        processes.flatMap { process in
            (0..<process.effects).map { number in
                CrashPoint(
                    instance: process.name, place: .beforeEffect(number + 1), at: now, previous: "start", next: nil,
                    unacknowledged: 0, step: nil)
            }
        }
    }
}

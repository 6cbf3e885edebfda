import Benchmark
import Simulation

// The price of an event alone: 100 processes sleep, wake, count and sleep again. The same program is written in a few
// lines for any other simulator.

let benchmarks: @Sendable () -> Void = {
    let wakeUpsPerSecond = BenchmarkMetric.custom(
        "Wake-ups per second", polarity: .prefersLarger, useScalingFactor: false)

    Benchmark(
        "kernel",
        configuration: .init(
            metrics: [wakeUpsPerSecond, .wallClock],
            timeUnits: .milliseconds,
            units: [wakeUpsPerSecond: .kilo],
            warmupIterations: 3,
            maxDuration: .seconds(10),
            maxIterations: 50)
    ) { benchmark in
        let clock = ContinuousClock()
        var sleepers = Sleepers(seed: 7)
        let elapsed = clock.measure { sleepers.run(wakeUps: 2_000_000) }
        // 100 processes with a mean of 1 ms wake 100 times in a millisecond.
        precondition((19.9...20.1).contains((sleepers.now - .zero).seconds), "the model is wrong, not fast")
        benchmark.measurement(wakeUpsPerSecond, Int(2_000_000 / (elapsed / .seconds(1))))
    }
}

/// Processes that sleep for exponentially distributed times.
struct Sleepers {
    private static let sleep = Purpose("sleep")
    private static let meanSleep = Simulation.Duration.milliseconds(1)

    private let draws: Draws
    private var queue = EventQueue<UInt32>()
    private var counts: [UInt64]
    private(set) var now = Simulation.Instant.zero

    init(seed: UInt64, processes: Int = 100) {
        draws = Draws(seed: seed)
        counts = Array(repeating: 0, count: processes)
        for process in counts.indices { sleep(UInt32(process)) }
    }

    mutating func run(wakeUps: Int) {
        for _ in 0..<wakeUps {
            guard let (time, process) = queue.popFirst() else { return }
            now = time
            counts[Int(process)] += 1
            sleep(process)
        }
    }

    private mutating func sleep(_ process: UInt32) {
        let length = draws.exponential(mean: Self.meanSleep, Self.sleep, UInt64(process), counts[Int(process)])
        queue.push(process, at: now + length)
    }
}

import Benchmark
import Harness
import OrderTestbed
import Simulation

// The whole of Orrery: clients, services, stores, provider and cluster, JSON on every hop, all checkers.

let benchmarks: @Sendable () -> Void = {
    let ordersPerSecond = BenchmarkMetric.custom("Orders per second", polarity: .prefersLarger, useScalingFactor: false)
    let eventsPerSecond = BenchmarkMetric.custom("Events per second", polarity: .prefersLarger, useScalingFactor: false)

    Benchmark(
        "pipeline",
        configuration: .init(
            metrics: [ordersPerSecond, eventsPerSecond, .wallClock],
            timeUnits: .milliseconds,
            units: [ordersPerSecond: .count, eventsPerSecond: .kilo],
            warmupIterations: 1,
            maxDuration: .seconds(60),
            maxIterations: 20)
    ) { benchmark in
        let scenario = calm(orders: 10_000)
        let clock = ContinuousClock()
        var result: RunResult?
        let elapsed = try clock.measure { result = try Runner.run(scenario, seed: 1) }
        guard let result, result.verdict == .held else { preconditionFailure("a run that does not hold is no measure") }
        benchmark.measurement(ordersPerSecond, Int(10_000 / (elapsed / .seconds(1))))
        benchmark.measurement(eventsPerSecond, Int(Double(result.events) / (elapsed / .seconds(1))))
    }

    let forkTime = BenchmarkMetric.custom("Fork and 10 events (us)", polarity: .prefersSmaller, useScalingFactor: false)
    Benchmark(
        "fork",
        configuration: .init(
            metrics: [forkTime], units: [forkTime: .count], maxDuration: .seconds(10), maxIterations: 200)
    ) { (benchmark: Benchmark, world: World) in
        let clock = ContinuousClock()
        // The first writes after a fork copy what they touch: that is the price, and it is part of the figure.
        let elapsed = clock.measure {
            var branch = world
            for _ in 0..<10 { branch.step() }
            blackHole(branch.trace)
        }
        benchmark.measurement(forkTime, Int(elapsed / .microseconds(1)))
    } setup: {
        var world = try World(calm(orders: 10_000), seed: 1)
        // All orders have been placed by then, the last are on their way, and no housekeeping is near.
        world.run(until: .zero + .milliseconds(10_350))
        return world
    }
}

/// What `scenarios/calm.yaml` says.
private func calm(orders: Int) -> Scenario {
    var system = OrderSystemUnderTest()
    system.workload.orders = orders
    system.workload.rate = 1_000
    system.stock.factor = 1_000
    return Scenario(system: system)
}

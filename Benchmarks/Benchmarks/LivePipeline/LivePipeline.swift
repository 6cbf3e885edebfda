import Benchmark
import Foundation

// All services of the standard blueprint on the embedded broker, each with its own SQLite database, in this process:
// from the request to the parcel's delivery.

let benchmarks: @Sendable () -> Void = {
    let throughput = BenchmarkMetric.custom("Orders per second", polarity: .prefersLarger, useScalingFactor: false)
    let median = BenchmarkMetric.custom("To delivered, p50 (ms)", polarity: .prefersSmaller, useScalingFactor: false)
    let tail = BenchmarkMetric.custom("To delivered, p99 (ms)", polarity: .prefersSmaller, useScalingFactor: false)

    Benchmark(
        "live throughput",
        configuration: .init(
            metrics: [throughput], units: [throughput: .count], maxDuration: .seconds(120), maxIterations: 3)
    ) { benchmark in
        // More orders under way do not make it faster: every service has a full batch.
        let measured = try LiveOrders.closedLoop(orders: 4_000, underWay: 400)
        benchmark.measurement(throughput, Int(measured.ordersPerSecond))
    }

    Benchmark(
        "live latency",
        configuration: .init(
            metrics: [median, tail], units: [median: .count, tail: .count], maxDuration: .seconds(120), maxIterations: 3
        )
    ) { benchmark in
        let measured = try LiveOrders.openLoop(ordersPerSecond: 50, for: 20)
        benchmark.measurement(median, Int(measured.milliseconds(percentile: 50)))
        benchmark.measurement(tail, Int(measured.milliseconds(percentile: 99)))
    }
}

/// Runs orders through a fresh system.
enum LiveOrders {
    struct Measured {
        var seconds: Double
        var latencies: [Double]

        var ordersPerSecond: Double { Double(latencies.count) / seconds }

        func milliseconds(percentile: Int) -> Double {
            let sorted = latencies.sorted()
            return sorted[min(sorted.count - 1, sorted.count * percentile / 100)] * 1_000
        }
    }

    /// So many orders are under way all the time.
    static func closedLoop(orders: Int, underWay: Int) throws -> Measured {
        try withSystem { system, deliveries in
            let start = now()
            var placed = 0
            while deliveries.count < orders {
                while placed < orders, placed - deliveries.count < underWay {
                    deliveries.place(placed, at: now())
                    system.place(placed)
                    placed += 1
                }
                try deliveries.read()
            }
            return Measured(seconds: now() - start, latencies: deliveries.latencies)
        }
    }

    /// Orders come at their times, whatever becomes of those before: an order that has to wait is late, and counts so.
    static func openLoop(ordersPerSecond: Int, for seconds: Int) throws -> Measured {
        try withSystem { system, deliveries in
            let orders = ordersPerSecond * seconds
            let start = now()
            var placed = 0
            while deliveries.count < orders {
                while placed < orders, now() >= start + Double(placed) / Double(ordersPerSecond) {
                    deliveries.place(placed, at: start + Double(placed) / Double(ordersPerSecond))
                    system.place(placed)
                    placed += 1
                }
                try deliveries.read()
            }
            return Measured(seconds: now() - start, latencies: deliveries.latencies)
        }
    }

    private static func withSystem(_ body: (LiveSystem, Deliveries) throws -> Measured) throws -> Measured {
        let system = try LiveSystem()
        defer { system.stop() }
        let deliveries = try Deliveries(of: system)
        // Groups are formed, files are made: an order that gets through says that all is there.
        deliveries.place(-1, at: now())
        system.place(-1)
        while deliveries.count < 1 { try deliveries.read() }
        deliveries.forget()
        return try body(system, deliveries)
    }

    static func now() -> Double { Date().timeIntervalSince1970 }
}

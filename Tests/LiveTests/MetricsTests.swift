import Live
import Testing

/// What is counted, and how Prometheus reads it.
@Suite struct MetricsTests {
    private static let shops = MetricFamily("shops_total", .counter, labels: ["name"], help: "Shops.\nAll of them.")
    private static let heat = MetricFamily("heat_celsius", .gauge, help: "How warm it is.")
    private static let sizes = MetricFamily("sizes", .histogram([1, 2.5]), labels: ["of"], help: "Sizes.")

    @Test func `The text is what Prometheus 0.0.4 asks for`() {
        let metrics = Metrics()
        metrics.counter(Self.shops, #"a "b"\c"# + "\n").add(3)
        metrics.counter(Self.shops, "ä").add()
        metrics.gauge(Self.heat).set(-1.5)
        for size in [1, 2, 7.5] { metrics.histogram(Self.sizes, "hats").observe(size) }
        #expect(
            PrometheusText.render(metrics) == #"""
                # HELP heat_celsius How warm it is.
                # TYPE heat_celsius gauge
                heat_celsius -1.5
                # HELP shops_total Shops.\nAll of them.
                # TYPE shops_total counter
                shops_total{name="a \"b\"\\c\n"} 3
                shops_total{name="ä"} 1
                # HELP sizes Sizes.
                # TYPE sizes histogram
                sizes_bucket{of="hats",le="1"} 1
                sizes_bucket{of="hats",le="2.5"} 2
                sizes_bucket{of="hats",le="+Inf"} 3
                sizes_sum{of="hats"} 10.5
                sizes_count{of="hats"} 3

                """#)
    }

    @Test func `Numbers that were taken away are shown no more`() {
        let metrics = Metrics()
        metrics.gauge(.consumerLag, "order", "payments", "0").set(7)
        metrics.remove(.consumerLag, "order", "payments", "0")
        #expect(PrometheusText.render(metrics) == "")
    }

    @Test func `Nothing is lost when many threads count`() async {
        let metrics = Metrics()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        metrics.counter(.batches, "order").add()
                        metrics.histogram(.batchItems, "order").observe(3)
                    }
                }
            }
        }
        #expect(metrics.counter(.batches, "order").value == 8_000)
        #expect(metrics.histogram(.batchItems, "order").snapshot.count == 8_000)
        #expect(metrics.histogram(.batchItems, "order").snapshot.sum == 24_000)
    }

    @Test func `A time is counted in seconds`() {
        let metrics = Metrics()
        metrics.histogram(.storeTransaction, "order").observe(.milliseconds(1_500))
        #expect(metrics.histogram(.storeTransaction, "order").snapshot.sum == 1.5)
    }
}

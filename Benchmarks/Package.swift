// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that those who build Orrery do not pay for the benchmark tool.

/// A benchmark is a folder `Benchmarks/<Name>` and a line below.
func benchmark(_ name: String, uses libraries: String...) -> Target {
    .executableTarget(
        name: name,
        dependencies: libraries.map { .product(name: $0, package: "orrery") } + [
            .product(name: "Benchmark", package: "benchmark")
        ],
        path: "Benchmarks/\(name)",
        swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)],
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "orrery", path: ".."),
        // Without its traits: jemalloc would be one more library to install, for figures that nobody reads.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        benchmark("Kernel", uses: "Simulation"),
        benchmark("Pipeline", uses: "Harness", "OrderTestbed"),
        benchmark("LivePipeline", uses: "Live", "OrderTestbed", "Orders", "RdKafka", "Services", "Stores"),
    ],
    swiftLanguageModes: [.v6]
)

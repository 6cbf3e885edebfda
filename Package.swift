// swift-tools-version: 6.2
import PackageDescription

// One folder under Sources is one target, and a target knows only the floors beneath it:
//
//   floor 4   OrreryCLI · OrreryLive · OrreryTesting · ConformanceCLI · ModelCheckCLI · FindingsCLI
//   floor 3   OrderTestbed · Defects · Reports · LiveHarness · Gateway
//   floor 2   Harness · Orders · Live · Stores · Conformance · ModelCheck
//   floor 1   Services · VirtualKafka · RdKafka (+ CRdKafka) · CPostgreSQL
//   floor 0   Kafka · Simulation
//
// RdKafka needs librdkafka's headers, Stores those of libpq, Gateway a web server; nothing that the product `orrery` is
// built from does.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "orrery",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "orrery", targets: ["OrreryCLI"]),
        .executable(name: "orrery-live", targets: ["OrreryLive"]),
        .executable(name: "orrery-conformance", targets: ["ConformanceCLI"]),
        .executable(name: "orrery-modelcheck", targets: ["ModelCheckCLI"]),
        .executable(name: "orrery-findings", targets: ["FindingsCLI"]),
        .library(name: "Simulation", targets: ["Simulation"]),
        .library(name: "Kafka", targets: ["Kafka"]),
        .library(name: "VirtualKafka", targets: ["VirtualKafka"]),
        .library(name: "RdKafka", targets: ["RdKafka"]),
        .library(name: "Services", targets: ["Services"]),
        .library(name: "Harness", targets: ["Harness"]),
        .library(name: "Conformance", targets: ["Conformance"]),
        .library(name: "Orders", targets: ["Orders"]),
        .library(name: "OrderTestbed", targets: ["OrderTestbed"]),
        .library(name: "Reports", targets: ["Reports"]),
        .library(name: "OrreryTesting", targets: ["OrreryTesting"]),
        .library(name: "Stores", targets: ["Stores"]),
        .library(name: "Live", targets: ["Live"]),
        .library(name: "LiveHarness", targets: ["LiveHarness"]),
        .library(name: "Gateway", targets: ["Gateway"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Floor 0
        .target(name: "Simulation", swiftSettings: strict),
        .target(name: "Kafka", swiftSettings: strict),
        // Floor 1
        .target(name: "VirtualKafka", dependencies: ["Kafka", "Simulation"], swiftSettings: strict),
        .systemLibrary(
            name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
        .target(name: "RdKafka", dependencies: ["CRdKafka", "Kafka"], swiftSettings: strict),
        .target(name: "Services", dependencies: ["Kafka", "Simulation"], swiftSettings: strict),
        .systemLibrary(
            name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        // Floor 2
        .target(
            name: "Harness", dependencies: ["Services", "VirtualKafka", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(name: "Orders", dependencies: ["Services"], swiftSettings: strict),
        .target(name: "Conformance", dependencies: ["Kafka", "Simulation", "VirtualKafka"], swiftSettings: strict),
        .target(name: "ModelCheck", dependencies: ["Kafka", "Simulation", "VirtualKafka"], swiftSettings: strict),
        .target(
            name: "Stores",
            dependencies: [
                "CPostgreSQL", "Kafka", "Services", "Simulation", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(name: "Live", dependencies: ["RdKafka", "Services", "Stores"], swiftSettings: strict),
        // Floor 3
        // `Blueprints` leads to scenarios/blueprints: the blueprints that users read and copy are part of the program.
        .target(
            name: "OrderTestbed", dependencies: ["Harness", "Orders"], resources: [.embedInCode("Blueprints")],
            swiftSettings: strict),
        // `Scenarios` leads to scenarios/defects: what every planted defect has to be found with.
        .target(
            name: "Defects", dependencies: ["OrderTestbed"], resources: [.embedInCode("Scenarios")],
            swiftSettings: strict),
        .target(
            name: "Reports", dependencies: ["Harness"], resources: [.embedInCode("Assets")], swiftSettings: strict),
        .target(name: "LiveHarness", dependencies: ["Harness", "Live", "RdKafka"], swiftSettings: strict),
        .target(
            name: "Gateway",
            dependencies: [
                "Live", "Orders", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // Floor 4
        .executableTarget(
            name: "OrreryLive",
            dependencies: [
                "Gateway", "LiveHarness", "OrderTestbed", "Reports",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "OrreryCLI",
            dependencies: [
                "OrderTestbed", "Reports", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // For tests of other packages; nothing of this one needs it.
        .target(name: "OrreryTesting", dependencies: ["Harness", "Reports"], swiftSettings: strict),
        .executableTarget(
            name: "ConformanceCLI",
            dependencies: [
                "Conformance", "RdKafka", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "ModelCheckCLI",
            dependencies: ["ModelCheck", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),
        .executableTarget(
            name: "FindingsCLI",
            dependencies: [
                "Defects", "Reports", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // Tests
        .target(
            name: "LiveTestSupport", dependencies: ["RdKafka"], path: "Tests/LiveTestSupport", swiftSettings: strict),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation"], swiftSettings: strict),
        .testTarget(name: "KafkaTests", dependencies: ["Kafka"], swiftSettings: strict),
        .testTarget(name: "VirtualKafkaTests", dependencies: ["VirtualKafka"], swiftSettings: strict),
        .testTarget(name: "RdKafkaTests", dependencies: ["LiveTestSupport", "RdKafka"], swiftSettings: strict),
        .testTarget(name: "ConformanceTests", dependencies: ["Conformance", "VirtualKafka"], swiftSettings: strict),
        .testTarget(name: "ConformanceCLITests", dependencies: ["ConformanceCLI"], swiftSettings: strict),
        .testTarget(name: "ServicesTests", dependencies: ["Services"], swiftSettings: strict),
        .testTarget(name: "HarnessTests", dependencies: ["Harness"], swiftSettings: strict),
        .testTarget(name: "ModelCheckTests", dependencies: ["ModelCheck"], swiftSettings: strict),
        .testTarget(name: "OrdersTests", dependencies: ["Orders"], swiftSettings: strict),
        .testTarget(
            name: "OrderTestbedTests", dependencies: ["Defects", "OrderTestbed", "Reports"], swiftSettings: strict),
        .testTarget(name: "DefectsTests", dependencies: ["Defects"], swiftSettings: strict),
        .testTarget(name: "ReportsTests", dependencies: ["Reports"], swiftSettings: strict),
        .testTarget(
            name: "OrreryTestingTests", dependencies: ["OrderTestbed", "OrreryTesting"], swiftSettings: strict),
        .testTarget(name: "CLITests", dependencies: ["OrreryCLI", "OrderTestbed", "Reports"], swiftSettings: strict),
        .testTarget(
            name: "StoresTests", dependencies: ["LiveTestSupport", "OrderTestbed", "Orders", "Stores"],
            swiftSettings: strict),
        .testTarget(name: "LiveTests", dependencies: ["LiveTestSupport", "Live"], swiftSettings: strict),
        .testTarget(name: "LiveHarnessTests", dependencies: ["LiveTestSupport", "LiveHarness"], swiftSettings: strict),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "LiveTestSupport", "Gateway", "OrderTestbed",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LiveCLITests", dependencies: ["LiveTestSupport", "OrreryLive", "OrreryCLI"], swiftSettings: strict),
        .testTarget(
            name: "LiveTargetTests", dependencies: ["LiveTestSupport", "OrreryLive", "RdKafka"], swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

// Somebody else's services, tested with Orrery: a package that knows nothing of orders. Copy it to begin your own.

let package = Package(
    name: "examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        // .package(url: "https://github.com/…/orrery", from: "1.0.0") in a package of your own.
        .package(name: "orrery", path: "..")
    ],
    targets: [
        .target(
            name: "Wallets",
            dependencies: ["Harness", "Kafka", "Services", "Simulation"].map { .product(name: $0, package: "orrery") }),
        .testTarget(
            name: "WalletsTests", dependencies: ["Wallets", .product(name: "OrreryTesting", package: "orrery")]),
    ],
    swiftLanguageModes: [.v6]
)

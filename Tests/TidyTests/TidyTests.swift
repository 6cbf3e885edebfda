import Testing

/// Style as a test. A failure names the line and what to do.
@Suite struct TidyTests {
    @Test func `files are short`() throws { try check(lengthFindings) }

    @Test func `a target imports only what stands beneath it`() throws {
        let floors = Floors(manifest: try SourceTree.manifest())
        try check { importFindings(in: $0, floors: floors) }
    }

    @Test func `the world has no clock, no chance and no threads of its own`() throws {
        try check(clockAndChanceFindings)
    }

    @Test func `public declarations say what they are for`() throws { try check(documentationFindings) }

    @Test func `nothing is left for later`() throws { try check(markerFindings) }

    private func check(_ findings: (SourceFile) -> [Finding]) throws {
        let files = try SourceTree.files()
        #expect(!files.isEmpty)
        for finding in files.flatMap(findings) { Issue.record("\(finding)") }
    }
}

/// A rule that never finds anything is worth nothing.
@Suite struct RuleTests {
    private let floors = Floors(
        manifest: """
            .target(name: "Kafka", swiftSettings: strict),
            .target(name: "Services", dependencies: ["Kafka"]),
            .target(
                name: "Harness", dependencies: ["Services", .product(name: "Yams", package: "yaml-tools")]),
            .executableTarget(name: "OrreryCLI", dependencies: ["Harness"]),
            .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka"),
            .target(name: "RdKafka", dependencies: ["CRdKafka", "Kafka"]),
            .target(name: "Live", dependencies: ["RdKafka", "Services"]),
            """)

    @Test func `floors are read from the manifest`() {
        #expect(floors.beneath("Kafka") == [])
        #expect(floors.beneath("OrreryCLI") == ["Harness", "Services", "Kafka", "Yams"])
    }

    @Test(arguments: [
        ("Services/A", "import Kafka", true),
        ("Services/A", "@preconcurrency public import Kafka", true),
        ("Kafka/A", "import Services", false),
        ("Services/A", "@testable import struct Harness.World", false),
        ("Services/A", "// import Harness", true),
        ("Services/A", "import Foundation", false),
        ("OrreryCLI/A", "import Foundation", true),
        ("Harness/World", "import Foundation", false),
        ("Harness/World", "import Yams", false),
        ("OrreryCLI/A", "import Yams", false),
        ("RdKafka/A", "import CRdKafka", true),
        ("RdKafka/A", "import Foundation", true),
        ("Live/A", "import RdKafka", true),
        ("Live/A", "import CRdKafka", false),
        ("Conformance/A", "import Foundation", false),
        ("Harness/ScenarioFile/Reader", "import Yams", true),
        ("Harness/ScenarioFileReader", "import Foundation", true),
    ])
    func `imports point downwards`(file: String, line: String, isFine: Bool) {
        #expect(importFindings(in: source(file, line), floors: floors).isEmpty == isFine)
    }

    @Test(arguments: [
        ("Services/A", "let now = Date()", false),
        ("Services/A", "let now = ContinuousClock().now", false),
        ("Services/A", "validateDate(now)", true),
        ("Services/A", "let time = update(state)", true),
        ("Services/A", "let die = Int.random(in: 1...6)", false),
        ("Services/A", "let order = items.shuffled()", false),
        ("Services/A", "Task { await send() }", false),
        ("Services/A", "let die = dice.randomElement()", false),
        ("Services/A", "SubTask { }", true),
        ("Services/A", "// without a Thread", true),
        ("Services/A", #"let link = "https://a.b"; Thread.sleep()"#, false),
        ("OrreryCLI/A", "let now = Date()", true),
    ])
    func `clocks, chance and threads are found in the world`(file: String, line: String, isFine: Bool) {
        #expect(clockAndChanceFindings(in: source(file, line)).isEmpty == isFine)
    }

    @Test(arguments: [
        ("public struct A {}", false),
        ("    @inlinable public var count: Int { 0 }", false),
        ("/// Counts.\npublic var count = 0", true),
        ("/// Counts.\n@inlinable\n@discardableResult\npublic func count() {}", true),
        ("public var count = 0", true),
        ("public private(set) var count: Int", true),
        ("/// Counts.\n\npublic func count() {}", false),
        ("// Counts.\npublic func count() {}", false),
        ("public init(a: Int) {}", true),
        ("public static func initialise() {}", false),
        ("public static func == (left: A, right: A) -> Bool {", true),
        ("public func hash(into hasher: inout Hasher) {", true),
        ("public func publish() {}", false),
        ("func notPublic() {}", true),
        (#"let text = "public opinion""#, true),
    ])
    func `missing documentation is found`(text: String, isFine: Bool) {
        #expect(documentationFindings(in: source("Kafka/A", text)).isEmpty == isFine)
    }

    @Test func `a finding names the line, a long file is found, a marker too`() {
        let marked = source("Kafka/A", "let a = 1\n// TO" + "DO: more")
        #expect(markerFindings(in: marked).map(\.line) == [2])
        #expect(markerFindings(in: marked).first?.description.hasPrefix("Sources/Kafka/A.swift:2: ") == true)
        #expect(lengthFindings(in: source("Kafka/A", String(repeating: "\n", count: 501))).count == 1)
        #expect(lengthFindings(in: source("Kafka/A", String(repeating: "\n", count: 500))).isEmpty)
    }

    private func source(_ name: String, _ text: String) -> SourceFile {
        SourceFile(path: "Sources/\(name).swift", text: text)
    }
}

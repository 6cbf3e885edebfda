import Foundation
import Testing

/// The built command, called as users call it.
@Suite struct CommandTests {
    @Test func `a case runs on the virtual cluster and on librdkafka's mock, and the answer is as its schema says`()
        throws
    {
        let called = try Called("--target", "virtual", "--target", "mock", "--case", "dense offsets from 0", "--json")
        #expect(called.code == 0, "\(called.error)")
        let answer = try JSONSerialization.jsonObject(with: Data(called.output.utf8))
        let schema = try #require(try JSONSerialization.jsonObject(with: Repository.schema()) as? [String: Any])
        #expect(Schema.findings(in: answer, schema, at: "$") == [])
        let results = try #require(((answer as? [String: Any])?["cases"] as? [[String: Any]])?.first?["results"])
        let verdicts = try #require(results as? [[String: Any]]).map { $0["verdict"] as? String }
        #expect(verdicts == ["as Kafka", "as Kafka"])
    }

    @Test func `the table marks every target, explains differences, and counts`() throws {
        let called = try Called(
            "--case", "without idempotence, a record", "--case", "answer is lost is in the log once")
        #expect(called.code == 0, "\(called.error)")
        let lines = called.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.contains("virtual  mock  kafka") == true)
        #expect(lines.contains { $0.hasPrefix("mock ≠ Kafka: idempotence/a record whose answer is lost") })
        #expect(lines.contains { $0.contains("because the mock checks sequences") })
        #expect(lines.contains { $0.hasPrefix("mock") && $0.hasSuffix("1 as Kafka, 1 differs") })
        #expect(lines.contains { $0.hasPrefix("virtual") && $0.hasSuffix("2 as Kafka") })
    }

    @Test(arguments: [
        ["--case", "nobody has written this"], ["--area", "nowhere"], ["--target", "redpanda"], ["--jobs", "0"],
    ])
    func `a wrong command line is exit code 64`(arguments: [String]) throws {
        let called = try Called(arguments)
        #expect(called.code == 64)
        #expect(called.output.isEmpty)
        #expect(!called.error.isEmpty)
    }

    @Test func `the schema's own rules find what is wrong`() throws {
        let schema = try #require(try JSONSerialization.jsonObject(with: Repository.schema()) as? [String: Any])
        let wrong: [String: Any] = ["schemaVersion": 2, "cases": [["area": "cooking", "name": 1]], "more": true]
        #expect(
            Schema.findings(in: wrong, schema, at: "$").sorted() == [
                "$.cases[0] lacks results", "$.cases[0] lacks rule", "$.cases[0] lacks shows",
                "$.cases[0].area is none of the words", "$.cases[0].name is no string", "$.more is unknown",
                "$.schemaVersion is not what it must be",
            ])
    }
}

enum Repository {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func schema() throws -> Data {
        try Data(contentsOf: root.appending(path: "docs/schemas/conformance-result.schema.json"))
    }
}

struct Called {
    let code: Int32
    let output: String
    let error: String

    init(_ arguments: String...) throws { try self.init(arguments) }

    init(_ arguments: [String]) throws {
        // Beside the test bundle, where the build puts it.
        let bundle = Bundle.allBundles.first { $0.bundleURL.pathExtension == "xctest" } ?? Bundle.main
        let folder =
            bundle.bundleURL.pathExtension == "xctest" ? bundle.bundleURL.deletingLastPathComponent() : bundle.bundleURL
        let process = Process()
        process.executableURL = folder.appending(component: "orrery-conformance")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "ORRERY_KAFKA_BROKERS" }
        // Into files: a pipe that nobody empties would stop the process.
        let files = (0..<2).map { _ in FileManager.default.temporaryDirectory.appending(component: UUID().uuidString) }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        code = process.terminationStatus
        output = try String(contentsOf: files[0], encoding: .utf8)
        error = try String(contentsOf: files[1], encoding: .utf8)
    }
}

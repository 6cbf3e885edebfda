import Harness
import Kafka
import LiveTestSupport
import Services
import Simulation
import Testing

@testable import LiveHarness

@Suite("Messages between a run and its processes", .ownThread)
struct FrameTests {
    private static let record = Record(
        key: Array("ORD-7".utf8), value: nil, headers: [Header("id", "1"), Header("id", "")], timestampMilliseconds: -5)

    private static let toWorker: [ToWorker] = [
        .begin(
            WorkerSetup(
                scenario: "purpose: calm\n", file: "a/b.yaml", seed: .max, index: 3, life: 2, brokers: "localhost:9092",
                isEmbedded: true, prefix: "run.", origin: -1, store: "sqlite:/tmp", storePrefix: "run", effects: 7,
                transactions: 9, recordings: nil)),
        .request(Request(id: 1, method: .put, path: "/?a=ü", idempotencyKey: nil, body: [])),
        .providerAnswer(call: 4, body: nil), .providerAnswer(call: 4, body: [0, 255]), .status(5),
    ]

    private static let fromWorker: [FromWorker] = [
        .started, .response(request: 1, Response(status: 201, body: [1])),
        .call(
            9,
            ProviderCall(
                id: UniqueID(high: 1, low: 2), attempt: 3, idempotencyKey: UniqueID(high: 3, low: 4),
                key: Identifier(literal: "ORD-1"), payload: [7])),
        .acknowledged(TopicPartition(TopicID(rawValue: 2), 1), offset: 1 << 40),
        .struck(.store("order/1", transaction: 3, .slow(by: .milliseconds(5)))),
        .struck(.failHandler(HandlingPlace(service: "a", topic: "b", key: "c", number: 1), times: 1)),
        .dying(.crashInstance("order/1", beforeEffect: 8, restartAfter: .seconds(1)), transactions: 2),
        .handedOver(TopicID(rawValue: 0), record, after: .seconds(2)), .counted(effects: 1, transactions: 2),
        .pending(3, ["waits"]), .pending(4, []), .note("a\nb"), .ended(nil), .ended("no disk"),
    ]

    /// As a pipe may deliver them: in pieces of any size.
    private func read<Message: Codable>(_ messages: [Message], inPiecesOf size: Int) throws -> [Message] {
        let bytes = try messages.flatMap { try Frame.bytes(of: $0) }
        var reader = FrameReader()
        var found: [Message] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            reader.append(bytes[start..<min(start + size, bytes.count)])
            while let message = try reader.next(Message.self) { found.append(message) }
        }
        return found
    }

    @Test("arrive as they were sent, however they are cut", arguments: [1, 3, 4, 5, 64, 100_000])
    func roundTrip(size: Int) throws {
        #expect(try read(Self.toWorker, inPiecesOf: size) == Self.toWorker)
        #expect(try read(Self.fromWorker, inPiecesOf: size) == Self.fromWorker)
    }

    @Test("what is no frame is refused, and takes no memory")
    func nonsense() {
        var reader = FrameReader()
        reader.append(Array("Segmentation fault".utf8))
        #expect(throws: FrameError.self) { _ = try reader.next(ToWorker.self) }
    }
}

import Foundation
import Synchronization
import Testing

/// `orrery replay-orders`, called as users call it.
@Suite("Replays by command")
struct ReplayOrdersTests {
    private static let accepted =
        #"{"message":"Orders are being replayed","replayId":"RPL-0123456789A","orders":1234,"days":7,"topic":"fraud-test"}"#

    @Test("What is asked for reaches the API, and the answer is a sentence")
    func people() throws {
        let server = try TinyServer(answering: 202, Self.accepted)
        let called = try Called("replay-orders", "--days", "7", "--topic", "fraud-test", "--url", server.url)
        #expect(called.code == 0, "\(called.error)")
        #expect(
            called.output == "1,234 orders of the last 7 days are being replayed to fraud-test, as RPL-0123456789A.\n")
        let request = server.request
        #expect(request.hasPrefix("POST /api/orders/replay HTTP/1.1\r\n"))
        #expect(request.lowercased().contains("idempotency-key: "))
        let body = try #require(request.components(separatedBy: "\r\n\r\n").last)
        let wish = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        #expect(wish?["days"] as? Int == 7 && wish?["topic"] as? String == "fraud-test")
    }

    @Test("With --json, the answer is printed as it came")
    func machines() throws {
        let server = try TinyServer(answering: 202, Self.accepted)
        let called = try Called("replay-orders", "--json", "--url", server.url)
        #expect(called.code == 0 && called.output == Self.accepted + "\n")
        #expect(server.request.contains(#""days":7"#) && !server.request.contains("topic"))
    }

    @Test("Days that make no sense are refused, whatever they look like", arguments: ["-1", "0", "3651"])
    func days(text: String) throws {
        let called = try Called("replay-orders", "--days", text)
        #expect(called.code == 64 && called.error.contains("--days must be from 1 to 3650."), "\(called.error)")
    }

    @Test("What the system refuses is said in its words")
    func refused() throws {
        let problem = #"{"title":"Invalid replay","status":400,"detail":"There is no topic 'nowhere'."}"#
        let server = try TinyServer(answering: 400, problem)
        let called = try Called("replay-orders", "--topic", "nowhere", "--url", server.url)
        #expect(called.code == 64)
        #expect(called.error == "error: There is no topic 'nowhere'.\n" && called.output.isEmpty)
    }

    @Test("Who cannot answer, or is somebody else, is unavailable", arguments: [(503, "{}"), (404, "{}"), (202, "hi")])
    func unavailable(status: Int, body: String) throws {
        let server = try TinyServer(answering: status, body)
        let called = try Called("replay-orders", "--url", server.url)
        #expect(called.code == 69)
        #expect(called.error.hasPrefix("error: ") && called.error.contains(server.url))
    }

    @Test("Where nobody listens, that is said")
    func nobody() throws {
        // A port that was free a moment ago.
        let url = try TinyServer(answering: 202, Self.accepted).url
        let called = try Called("replay-orders", "--url", url)
        #expect(called.code == 69)
        #expect(called.error.hasPrefix("error: nobody answers at \(url)"))
    }

    @Test(
        "A line that makes no sense is refused",
        arguments: [
            ["--days", "0"], ["--days", "4000"], ["--topic", ""], ["--url", "localhost:3000"], ["--url", "ftp://x"],
        ])
    func nonsense(arguments: [String]) throws {
        #expect(try Called("replay-orders", arguments[0], arguments[1]).code == 64)
    }
}

/// A server for one request, on a free port of this machine.
private final class TinyServer: Sendable {
    let url: String
    private let listener: Int32
    private let received = Mutex("")

    /// All that was sent.
    var request: String { received.withLock { $0 } }

    struct NoSocket: Error {}

    init(answering status: Int, _ body: String) throws {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw NoSocket() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw NoSocket() }
        listener = descriptor
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let answer =
            "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
        Thread.detachNewThread { [weak self] in
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { return }
            let text = Self.read(from: connection)
            self?.received.withLock { $0 = text }
            _ = answer.utf8CString.withUnsafeBytes { write(connection, $0.baseAddress, answer.utf8.count) }
            close(connection)
        }
    }

    deinit {
        // Wakes the thread that waits for somebody to call.
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// Reads until the body is there.
    private static func read(from connection: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            // The body is one JSON object.
            if text.contains("\r\n\r\n"), text.hasSuffix("}") { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

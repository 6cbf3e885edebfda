import Foundation
import LiveTestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `orrery-live serve`, from a fresh directory to a delivered order, and once more after a restart.
@Suite(.serialized, .ownThread) struct ServeTests {
    /// A process that serves, on a port of its own.
    private struct Served {
        let running: Running
        let url: URL

        init(in directory: TemporaryDirectory, _ more: [String] = []) async throws {
            let shop = [
                "--set", "shipping.handling-time=10ms", "--set", "shipping.transit-time=10ms", "--log-format", "json",
            ]
            let running = try Running(["serve", "--port", "0"] + shop + more, in: directory)
            self.running = running
            url = try await ServeTests.eventually("the banner", of: running) {
                guard let match = running.output.firstMatch(of: /http:\/\/localhost:\d+/) else { return nil }
                return URL(string: String(match.0))
            }
            try await ServeTests.eventually("readiness", of: running) { [url] in
                try await Self.get(url.appending(path: "readyz")).status == 200 ? true : nil
            }
        }

        static func get(_ url: URL) async throws -> (status: Int, text: String) { try await send(URLRequest(url: url)) }

        static func send(_ request: URLRequest) async throws -> (status: Int, text: String) {
            let (data, response) = try await URLSession.shared.data(for: request)
            return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
        }

        func order(_ path: String) async throws -> (status: Int, text: String) {
            try await Self.get(url.appending(path: "api/orders/\(path)"))
        }

        func place(_ id: String) async throws {
            var request = URLRequest(url: url.appending(path: "api/orders"))
            request.httpMethod = "POST"
            request.httpBody = Data(
                #"{"orderId":"\#(id)","customerId":"C-1","items":[{"productId":"PROD-001","quantity":1}]}"#.utf8)
            let answer = try await Self.send(request)
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    /// Waits for something, at most a minute.
    @discardableResult
    private static func eventually<Result>(
        _ what: String, of running: Running, _ body: () async throws -> Result?
    ) async throws -> Result {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if let result = try? await body() { return result }
            try await Task.sleep(for: .milliseconds(50))
        }
        if let result = try? await body() { return result }
        Issue.record("\(what) did not come:\n\(running.error)")
        throw CancellationError()
    }

    @Test func `An order is delivered, and is still there after a restart`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await Served(in: directory)
        try await first.place("ORD-1")
        try await ServeTests.eventually("delivery", of: first.running) {
            try await first.order("ORD-1").text.contains(#""status":"delivered""#) ? true : nil
        }
        // Commands find the embedded broker by themselves.
        let topics = try Called(["topics", "--json"], in: directory)
        #expect(topics.code == 0, "\(topics.output) \(topics.error)")
        #expect(topics.output.contains(#""topic":"orders""#))
        let lag = try Called(["lag"], in: directory)
        #expect(lag.code == 0 && lag.output.contains("7 groups"), "\(lag.output) \(lag.error)")
        #expect(try Called(["dead-letters", "list"], in: directory).output == "There are no dead letters.\n")
        #expect(try Called(["doctor"], in: directory).code == 0)
        // The same instances cannot run twice on the same files.
        let second = try Called(["serve", "--port", "0"], in: directory)
        #expect(second.code == 69 && second.error.contains("give this one another --instance-number"))

        first.running.terminate()
        #expect(first.running.wait() == 0, "\(first.running.error)")
        #expect(first.running.error.contains(#""event":"stopped""#))

        let again = try await Served(in: directory)
        #expect(try await again.order("ORD-1").text.contains(#""status":"delivered""#))
        try await again.place("ORD-2")
        try await ServeTests.eventually("delivery", of: again.running) {
            try await again.order("ORD-2").text.contains(#""status":"delivered""#) ? true : nil
        }
        again.running.terminate()
        #expect(again.running.wait() == 0, "\(again.running.error)")
    }

    @Test func `Some of the services answer for themselves, and send for the rest`() async throws {
        let directory = try TemporaryDirectory()
        let served = try await Served(in: directory, ["--services", "inventory", "--instances", "2"])
        #expect(try await Served.get(served.url.appending(path: "api/inventory")).status == 200)
        let elsewhere = try await served.order("ORD-1")
        #expect(elsewhere.status == 503 && elsewhere.text.contains("--services order"))
        let ready = try await Served.get(served.url.appending(path: "readyz")).text
        #expect(ready.contains("inventory/1") && ready.contains("inventory/2"))
        served.running.terminate()
        #expect(served.running.wait() == 0, "\(served.running.error)")
    }

    @Test func `A port that is taken is told`() async throws {
        let directory = try TemporaryDirectory()
        let served = try await Served(in: directory, ["--services", "inventory"])
        let port = try #require(served.url.port)
        let second = try Called(["serve", "--port", "\(port)", "--store", "sqlite:other"], in: directory)
        #expect(second.code == 69 && second.error.contains("choose another with --port"), "\(second.error)")
    }
}

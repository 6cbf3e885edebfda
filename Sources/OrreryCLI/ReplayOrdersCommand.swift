import ArgumentParser
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `orrery replay-orders`
struct ReplayOrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay-orders",
        abstract: "Have a running system tell again of the orders of the last days.",
        discussion: """
            The orders are published once more, marked as a replay, for somebody who listens \
            to the topic: nothing is charged, reserved, shipped or notified because of it.

              orrery replay-orders --days 7 --topic fraud-test
            """)

    // Also takes `-1`, so that it is told what is wrong with it.
    @Option(parsing: .unconditional, help: "How many days of orders, from 1 to 3650.")
    var days = 7

    @Option(help: "Where to; the system's own topic for replays unless given.")
    var topic: String?

    @Option(
        help: "Where the system's API is; http://localhost:3000 unless given.",
        transform: { text in try Self.address(text) })
    var url = URL(string: "http://localhost:3000")!

    @Flag(help: "Print the system's answer, one JSON object.")
    var json = false

    func validate() throws {
        if !(1...3_650).contains(days) { throw ValidationError("--days must be from 1 to 3650.") }
        if topic?.isEmpty == true { throw ValidationError("--topic must name a topic.") }
    }

    private static func address(_ text: String) throws -> URL {
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()), url.host != nil else {
            throw ValidationError("'\(text)' is no address: http://localhost:3000 would be one.")
        }
        return url
    }

    func run() async throws {
        let console = Console()
        do {
            let answer = try await ReplayCall(url: url, days: days, topic: topic).make()
            console.print(json ? answer.text : answer.sentence)
        } catch {
            console.note("error: \(error.message)")
            throw error.code
        }
    }
}

/// What the system says to a request for a replay.
struct ReplayAnswer {
    private struct Content: Decodable {
        var replayId: String
        var orders: Int
        var days: Int
        var topic: String
    }

    private let content: Content
    /// As it came.
    let text: String

    init?(_ data: Data) {
        guard let content = try? JSONDecoder().decode(Content.self, from: data) else { return nil }
        self.content = content
        text = String(decoding: data, as: UTF8.self)
    }

    /// For people.
    var sentence: String {
        let orders = content.orders == 1 ? "1 order" : "\(Text.count(content.orders)) orders"
        let days = content.days == 1 ? "the last day" : "the last \(content.days) days"
        guard content.orders > 0 else { return "There are no orders of \(days); nothing is replayed." }
        return "\(orders) of \(days) are being replayed to \(content.topic), as \(content.replayId)."
    }
}

/// One request for a replay.
struct ReplayCall {
    struct Failure: Error {
        var message: String
        var code: ExitCode
    }

    private struct Wish: Encodable {
        var days: Int
        var topic: String?
    }

    /// A problem in the shape of RFC 9457.
    private struct Problem: Decodable {
        var title: String?
        var detail: String?
    }

    var url: URL
    var days: Int
    var topic: String?

    func make() async throws(Failure) -> ReplayAnswer {
        let (data, status) = try await send()
        switch status {
        case 202:
            if let answer = ReplayAnswer(data) { return answer }
            throw Failure(message: "what answers at \(url) is no order system of this kind", code: .unavailable)
        case 400..<500:
            let problem = try? JSONDecoder().decode(Problem.self, from: data)
            guard let detail = problem?.detail ?? problem?.title, status != 404, status != 405 else {
                throw Failure(message: "\(url) has no replays: it answered \(status)", code: .unavailable)
            }
            throw Failure(message: detail, code: .validationFailure)
        default:
            throw Failure(message: "\(url) cannot do it now: it answered \(status); try again", code: .unavailable)
        }
    }

    private func send() async throws(Failure) -> (Data, Int) {
        do {
            var request = URLRequest(url: url.appending(path: "api/orders/replay"), timeoutInterval: 30)
            request.httpMethod = "POST"
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            // A request that is sent twice on the way is one replay.
            request.setValue(UUID().uuidString, forHTTPHeaderField: "Idempotency-Key")
            request.httpBody = try JSONEncoder().encode(Wish(days: days, topic: topic))
            let (data, response) = try await URLSession.shared.data(for: request)
            return (data, (response as? HTTPURLResponse)?.statusCode ?? 0)
        } catch {
            throw Failure(
                message: "nobody answers at \(url) (\(error.localizedDescription)): is the system running?",
                code: .unavailable)
        }
    }
}

import Live
import Orders
import Services
import Synchronization

/// What can be set about a gateway.
public struct GatewayOptions: Sendable {
    /// The most bytes that the body of a request may have.
    public var bodyLimit = 256 * 1_024
    /// How long a service may take to answer.
    public var timeLimit = Duration.seconds(10)

    public init() {}
}

/// The API of an order system: finds the service that answers a request, and says so when there is none. It translates
/// and decides nothing.
public struct Gateway: Sendable {
    /// An answer with what only HTTP has.
    struct Answer: Sendable {
        var response: Services.Response
        /// Who answered, for the metrics.
        var service = Gateway.own
        /// The methods that would have been right.
        var allowed: [String] = []
        /// When it makes sense to ask again, in seconds.
        var retryAfter: Int?
        var contentType: String?
        /// Whether the client had better begin anew.
        var closesConnection = false
    }

    /// What the gateway is called in metrics.
    static let own = "gateway"

    let blueprint: Blueprint
    let dispatch: any Dispatch
    let metrics: Metrics
    let options: GatewayOptions
    private let requestIDs = RequestIDs()

    public init(
        blueprint: Blueprint, dispatch: any Dispatch, metrics: Metrics, options: GatewayOptions = GatewayOptions()
    ) {
        self.blueprint = blueprint
        self.dispatch = dispatch
        self.metrics = metrics
        self.options = options
    }

    /// Answers a request whose method is one of the API's.
    func answer(
        _ method: Services.Request.Method, _ path: String, idempotencyKey: String?, body: [UInt8]
    ) async -> Answer {
        let plainPath = path.prefix { $0 != "?" }
        if method == .get, let answer = operationsAnswer(to: plainPath) { return answer }
        guard let participant = OrderAPI.service(for: method, path, in: blueprint) else {
            return refusal(of: path)
        }
        @Sendable func ask(_ service: String) async -> Answer {
            let request = Services.Request(
                id: requestIDs.next(), method: method, path: path, idempotencyKey: idempotencyKey, body: body)
            return await send(request, to: service)
        }
        if method == .get, plainPath == "/api/services/status" { return await statusOfAll(asking: ask) }
        // Every service can be asked for its health; any one that is here will do.
        if plainPath == "/health", !dispatch.services.contains(participant.name), let other = dispatch.services.first {
            return await ask(other)
        }
        return await ask(participant.name)
    }

    /// The answer to a request that no service answers.
    func refusal(of path: String) -> Answer {
        if operationsAnswer(to: path.prefix { $0 != "?" }) != nil {
            return Answer(
                response: .problem(
                    405, title: "Method not allowed", detail: "This path takes GET.", allowing: ["GET"]),
                allowed: ["GET"])
        }
        return Answer(
            response: OrderAPI.refusal(of: path, in: blueprint),
            allowed: OrderAPI.methods(at: path, in: blueprint).map(\.rawValue))
    }

    /// Asks a service; a problem when it cannot be asked or does not answer in time.
    private func send(_ request: Services.Request, to service: String) async -> Answer {
        guard dispatch.services.contains(service) else {
            return Answer(
                response: .problem(
                    503, title: "Not in this process",
                    detail: "The service '\(service)' does not run here: ask a process that was started with "
                        + "--services \(service) or all."),
                service: service, retryAfter: 5)
        }
        let dispatch = dispatch
        guard
            let answer = await Patience.wait(
                atMost: options.timeLimit, for: { await dispatch.send(request, to: service) })
        else {
            return Answer(
                response: .problem(
                    504, title: "No answer in time",
                    detail:
                        "The service '\(service)' did not answer within \(options.timeLimit.inWords). The request may "
                        + "still take effect: ask again with the same Idempotency-Key."),
                service: service)
        }
        guard let response = answer else {
            return Answer(
                response: .problem(
                    503, title: "Service not available",
                    detail:
                        "The service '\(service)' is starting or stopping. Ask again, with the same Idempotency-Key "
                        + "if there was one; /readyz says what is missing."),
                service: service, retryAfter: 1)
        }
        return Answer(response: response, service: service)
    }
}

/// Numbers for requests; no two are the same in one process.
private final class RequestIDs: Sendable {
    private let last = Atomic<UInt64>(0)

    func next() -> UInt64 { last.wrappingAdd(1, ordering: .relaxed).newValue }
}

extension Duration {
    /// `10 s`, `250 ms`
    fileprivate var inWords: String {
        let (seconds, attoseconds) = components
        return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}

import Hummingbird
import Live
import Orders
import Services

/// The media types of answers.
enum HTTPContentType {
    static let json = "application/json"
    /// RFC 9457 §3.
    static let problem = "application/problem+json"
}

/// HTTP on the outside, the API's own requests and answers inside.
extension Gateway {
    /// The web server, on an address; `onRunning` hears of the port once it listens.
    public func application(
        host: String, port: Int, onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        var application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in await respond(to: request) },
            server: .http1(configuration: .init(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) })
        // Whoever serves says what there is to say.
        application.logger.logLevel = .critical
        return application
    }

    private func respond(to request: Hummingbird.Request) async -> Hummingbird.Response {
        let start = ContinuousClock.now
        let answer = await answer(to: request)
        metrics.counter(.requests, answer.service, "\(answer.response.status)").add()
        metrics.histogram(.requestSeconds, answer.service).observe(ContinuousClock.now - start)
        let response = Hummingbird.Response(answer)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to request: Hummingbird.Request) async -> Answer {
        let path = request.head.path ?? "/"
        if request.method == .options { return options(of: path) }
        guard let method = Services.Request.Method(request.method) else { return refusal(of: path) }
        let key: String?
        do throws(Problem) { key = try idempotencyKey(of: request) } catch { return Answer(response: error.response) }
        do {
            let body = try await request.body.collect(upTo: self.options.bodyLimit)
            return await answer(method, path, idempotencyKey: key, body: Array(buffer: body))
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return Answer(
                response: .problem(
                    413, title: "Body too large",
                    detail: "A body may have \(self.options.bodyLimit) bytes at most; no order needs more."),
                closesConnection: true)
        } catch {
            return Answer(
                response: .problem(400, "Body cut off", "The body ended before it was complete: send it again."),
                closesConnection: true)
        }
    }

    /// What can be done at a path (RFC 9110 §9.3.7).
    private func options(of path: String) -> Answer {
        var answer = refusal(of: path)
        if answer.response.status == 405 { answer.response = Services.Response(status: 204, body: []) }
        return answer
    }

    /// A problem that is found before anybody is asked.
    private struct Problem: Error {
        let response: Services.Response
    }

    /// The `Idempotency-Key`, with or without the quotes that the draft of the header has for it.
    private func idempotencyKey(of request: Hummingbird.Request) throws(Problem) -> String? {
        let field = request.headers.first { $0.name.canonicalName == "idempotency-key" }
        guard var key = field?.value else { return nil }
        if key.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") { key = String(key.dropFirst().dropLast()) }
        guard (1...255).contains(key.utf8.count) else {
            throw Problem(
                response: .problem(
                    400, "Malformed Idempotency-Key", "A key has 1 to 255 bytes: a new UUID is a good one."))
        }
        return key
    }
}

extension Services.Request.Method {
    /// `HEAD` is a `GET` whose body nobody wants; nil for what the API does not have.
    init?(_ method: HTTPRequest.Method) { self.init(rawValue: method == .head ? "GET" : method.rawValue) }
}

extension Hummingbird.Response {
    fileprivate init(_ answer: Gateway.Answer) {
        let response = answer.response
        // A service that answers with nonsense must not take the server down.
        self.init(status: .init(code: (100...999).contains(response.status) ? response.status : 500))
        if !response.body.isEmpty {
            body = .init(byteBuffer: ByteBuffer(bytes: response.body))
            headers[.contentType] =
                answer.contentType ?? (response.status >= 400 ? HTTPContentType.problem : HTTPContentType.json)
        }
        headers[.cacheControl] = "no-store"
        if !answer.allowed.isEmpty {
            let head = answer.allowed.contains("GET") ? ["HEAD"] : []
            headers[.allow] = (answer.allowed + head + ["OPTIONS"]).joined(separator: ", ")
        }
        if let seconds = answer.retryAfter { headers[.retryAfter] = "\(seconds)" }
        if answer.closesConnection { headers[.connection] = "close" }
    }
}

import Services

/// Something that can be asked of a service: a row of its table of routes, for gateways, descriptions and tests.
public struct Endpoint: Hashable, Sendable {
    /// How it is asked.
    public var method: Request.Method
    /// `/api/orders/:id/cancel`: a segment with a colon stands for any text that is not empty.
    public var path: String { pattern.text }
    /// What it does, in a few words.
    public var summary: String
    /// The events that it leads to. Where a blueprint has no place for one of them, or lets another service publish it,
    /// the service does not offer the endpoint.
    public var publishes: EventSet
    let pattern: PathPattern

    init(_ method: Request.Method, _ path: StaticString, _ summary: String, publishes: EventSet = []) {
        self.method = method
        self.summary = summary
        self.publishes = publishes
        pattern = PathPattern(path)
    }

    /// Whether the service of a role has the endpoint in a system.
    func isOffered(by role: Blueprint.Role, in blueprint: Blueprint) -> Bool {
        blueprint.published.contains(publishes)
            && publishes.types.allSatisfy { blueprint.publisher(of: $0) == role }
    }
}

/// A request that has found its endpoint.
struct Call {
    var path: RequestPath
    /// What stands for the parameters of the endpoint's path, from left to right.
    var parameters: [[UInt8]]
    var body: [UInt8]

    /// A parameter as an identifier; nil when it is none, so that nothing can be called so.
    func identifier(_ index: Int) -> Identifier? { Identifier(parameters[index]) }
}

/// An endpoint and what answers at it.
struct Route<Owner>: Sendable {
    typealias Handler = @Sendable (Owner, Call, inout Transaction) throws -> Response

    let endpoint: Endpoint
    let handler: Handler

    init(
        _ method: Request.Method, _ path: StaticString, _ summary: String, publishes: EventSet = [],
        _ handler: @escaping Handler
    ) {
        endpoint = Endpoint(method, path, summary, publishes: publishes)
        self.handler = handler
    }
}

extension EventDriven {
    /// Finds the route of a request and answers; the first that fits counts.
    func handle(_ request: Request, in transaction: inout Transaction) throws -> Response {
        guard let path = RequestPath(request.path) else { return .malformedPath }
        return try answer(request, path, among: Self.routes, in: &transaction)
            ?? answer(request, path, among: CommonRoutes<Self>.all, in: &transaction)
            ?? notFound(path, request)
    }

    private func answer(
        _ request: Request, _ path: RequestPath, among routes: [Route<Self>], in transaction: inout Transaction
    ) throws -> Response? {
        for route in routes where route.endpoint.method == request.method {
            guard let parameters = route.endpoint.pattern.match(path) else { continue }
            guard route.endpoint.isOffered(by: wiring.role, in: wiring.blueprint) else {
                return notOffered(route.endpoint)
            }
            let call = Call(path: path, parameters: parameters, body: request.body)
            return try route.handler(self, call, &transaction)
        }
        return nil
    }

    private func notFound(_ path: RequestPath, _ request: Request) -> Response {
        let methods = (Self.routes + CommonRoutes<Self>.all).map(\.endpoint)
            .filter { $0.pattern.match(path) != nil }.map(\.method.rawValue)
        return methods.isEmpty ? .nothingHere : .methodNotAllowed(methods)
    }

    private func notOffered(_ endpoint: Endpoint) -> Response {
        let blueprint = wiring.blueprint
        let missing = endpoint.publishes.subtracting(wiring.published).types
        if missing.isEmpty {
            let others = endpoint.publishes.types.compactMap {
                blueprint.participant(blueprint.publisher(of: $0))?.name
            }
            return .problem(
                404, title: "Not here", detail: "Ask the service '\(others.first ?? "of another system")' for this.")
        }
        return .problem(
            404, title: "Not offered",
            detail: "Nobody would act upon this: blueprint '\(blueprint.name)' does not publish "
                + "\(missing.map(\.description).joined(separator: ", ")).")
    }
}

extension Response {
    static let malformedPath = problem(
        400, "Malformed path", "A path begins with a slash, and '%' is followed by two hexadecimal digits.")

    /// A problem whose detail is made up at the time; `methods` are those that would have been right.
    public static func problem(
        _ status: Int, title: StaticString, detail: String, allowing methods: [String] = []
    ) -> Response {
        var json = JSONWriter()
        json.beginObject()
        json.field("title")
        json.value(title)
        json.field("status")
        json.value(status)
        json.field("detail")
        json.value(detail)
        if !methods.isEmpty {
            json.field("allow")
            json.beginArray()
            for method in methods { json.value(method) }
            json.endArray()
        }
        json.endObject()
        return Response(status: status, body: json.finish())
    }

    /// 200 and whatever a closure writes.
    public static func json(_ status: Int = 200, _ write: (inout JSONWriter) -> Void) -> Response {
        var json = JSONWriter(capacity: 512)
        write(&json)
        return Response(status: status, body: json.finish())
    }
}

import Gateway
import Hummingbird
import HummingbirdTesting
import Live
import OrderTestbed
import Orders
import Testing

/// A gateway under test: in the process, or behind a socket.
struct Probe {
    var gateway: Gateway

    init(_ dispatch: any Dispatch, blueprint: String = "standard", options: GatewayOptions = GatewayOptions()) {
        self.init(dispatch, metrics: Metrics(), blueprint: blueprint, options: options)
    }

    init(
        _ dispatch: any Dispatch, metrics: Metrics, blueprint: String = "standard",
        options: GatewayOptions = GatewayOptions()
    ) {
        gateway = Gateway(
            blueprint: Self.blueprint(blueprint), dispatch: dispatch, metrics: metrics, options: options)
    }

    static func blueprint(_ name: String) -> Blueprint {
        guard let file = BlueprintLibrary.blueprint(name) else { preconditionFailure("there is no \(name)") }
        return file.blueprint
    }

    func test(
        _ way: TestingSetup = .router, _ body: @escaping @Sendable (Client) async throws -> Void
    ) async throws {
        try await gateway.application(host: "127.0.0.1", port: 0).test(way) { client in
            try await body(Client(client: client))
        }
    }

    /// Asks, and hands back what was answered.
    struct Client: Sendable {
        struct Answer {
            var status: Int
            var body: String
            var headers: [String: String]

            subscript(name: String) -> String? { headers[name.lowercased()] }
        }

        let client: any TestClientProtocol

        func callAsFunction(
            _ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:]
        ) async throws -> Answer {
            try await self(method, path, bytes: body.map { Array($0.utf8) }, headers: headers)
        }

        func callAsFunction(
            _ method: String, _ path: String, bytes: [UInt8]?, headers: [String: String] = [:]
        ) async throws -> Answer {
            let verb = try #require(HTTPRequest.Method(method))
            var request = HTTPRequest(method: verb, scheme: nil, authority: nil, path: path).headerFields
            for (name, value) in headers { request[try #require(.init(name))] = value }
            return try await client.execute(
                uri: path, method: verb, headers: request, body: bytes.map { ByteBuffer(bytes: $0) }
            ) { response in
                Answer(
                    status: response.status.code, body: String(buffer: response.body),
                    headers: response.headers.reduce(into: [:]) { $0[$1.name.canonicalName] = $1.value })
            }
        }
    }
}

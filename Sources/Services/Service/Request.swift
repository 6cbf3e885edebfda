/// A request to a service's API, in the shape of HTTP: a gateway only translates.
public struct Request: Hashable, Sendable, Codable {
    /// What the API offers, as HTTP names it (RFC 9110 §9).
    public enum Method: String, CaseIterable, Hashable, Sendable, Codable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
    }

    /// Names the request while it is under way.
    public var id: UInt64
    public var method: Method
    /// The path, percent-encoded, with the query if there is one: `/api/orders/ORD-00000042/cancel`,
    /// `/order-details?orderId=ORD-123`.
    public var path: String
    /// Two requests with the same key are one (draft-ietf-httpapi-idempotency-key-header).
    public var idempotencyKey: String?
    /// JSON, or whatever the client sent.
    public var body: [UInt8]

    public init(id: UInt64, method: Method, path: String, idempotencyKey: String? = nil, body: [UInt8] = []) {
        self.id = id
        self.method = method
        self.path = path
        self.idempotencyKey = idempotencyKey
        self.body = body
    }
}

/// The answer to a request.
public struct Response: Hashable, Sendable, Codable {
    /// An HTTP status code (RFC 9110 §15).
    public var status: Int
    /// JSON.
    public var body: [UInt8]

    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// A call to a provider outside the system (payments, e-mail), which must be made although processes crash.
public struct ProviderCall: Hashable, Sendable, Codable {
    /// Names the call; the same for every attempt at it.
    public var id: UniqueID
    /// Which attempt of this instance it is, from 1.
    public var attempt: Int
    /// What the provider recognises a repeated call by.
    public var idempotencyKey: UniqueID
    /// What the call belongs to, an order for example.
    public var key: Identifier
    /// JSON.
    public var payload: [UInt8]

    public init(id: UniqueID, attempt: Int, idempotencyKey: UniqueID, key: Identifier, payload: [UInt8]) {
        self.id = id
        self.attempt = attempt
        self.idempotencyKey = idempotencyKey
        self.key = key
        self.payload = payload
    }
}

/// How a provider call ended, as the service sees it.
public enum ProviderAnswer: Hashable, Sendable, Codable {
    /// The provider answered, with JSON.
    case answered([UInt8])
    /// No answer in time, and the policy is not to ask again: whether the call took effect is unknown.
    case gaveUp
}

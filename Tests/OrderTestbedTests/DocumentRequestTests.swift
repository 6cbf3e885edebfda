import Orders
import Services
import Testing

@testable import OrderTestbed

/// Each document's requests are offered by the blueprint of that document, and by the service that it names.
@Suite struct DocumentRequestTests {
    struct Wanted: Sendable, CustomTestStringConvertible {
        let blueprint: String
        let method: Request.Method
        let path: String
        let role: Blueprint.Role
        var testDescription: String { "\(blueprint): \(method.rawValue) \(path)" }
    }

    static let wanted: [Wanted] = [
        Wanted(blueprint: "shipping-only", method: .post, path: "/api/orders", role: .order),
        Wanted(blueprint: "inventory-first", method: .post, path: "/api/orders", role: .order),
        Wanted(blueprint: "payment-first", method: .post, path: "/api/v1/orders", role: .order),
        Wanted(blueprint: "parallel", method: .post, path: "/api/orders", role: .order),
        Wanted(blueprint: "parallel", method: .get, path: "/api/orders", role: .order),
        Wanted(blueprint: "parallel", method: .get, path: "/api/orders/ORD-1", role: .order),
        Wanted(blueprint: "parallel", method: .get, path: "/api/orders/ORD-1/events", role: .order),
        Wanted(blueprint: "parallel", method: .post, path: "/api/orders/ORD-1/cancel", role: .order),
        Wanted(blueprint: "parallel", method: .post, path: "/api/orders/replay", role: .order),
        Wanted(blueprint: "parallel", method: .get, path: "/api/inventory", role: .inventory),
        Wanted(blueprint: "parallel", method: .get, path: "/api/analytics", role: .analytics),
        Wanted(blueprint: "cart", method: .post, path: "/create-order", role: .cart),
        Wanted(blueprint: "cart", method: .put, path: "/update-order", role: .cart),
        Wanted(blueprint: "cart", method: .get, path: "/order-details?orderId=ORD-123", role: .order),
        Wanted(
            blueprint: "cart", method: .get, path: "/getAllOrderIdsFromTopic?topicName=orders.events", role: .order),
    ]

    @Test(arguments: wanted) func `a request of the document has its service`(_ wanted: Wanted) throws {
        let blueprint = try #require(BlueprintLibrary.blueprint(wanted.blueprint)).blueprint
        #expect(OrderAPI.service(for: wanted.method, wanted.path, in: blueprint)?.role == wanted.role)
        let standard = try #require(BlueprintLibrary.blueprint("standard")).blueprint
        if wanted.blueprint == "parallel" {
            #expect(OrderAPI.service(for: wanted.method, wanted.path, in: standard)?.role == wanted.role)
        }
    }
}

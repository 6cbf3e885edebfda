import Orders
import Services

/// Requests that make no sense. Each must be refused with a 4xx status, and change nothing.
enum Nonsense: CaseIterable, Sendable {
    case halfTheText
    case noText
    case anotherLanguage
    case zeroQuantity
    case negativeQuantity
    case unknownPath
    case unknownProduct
    case noLines
    case cancelsUnknownOrder
    case cancelsLineOfUnknownOrder
    case cancelsNoPieces
    case returnsUnknownOrder
    case updatesUnknownOrder
    case updatesToUnknownStatus

    /// Wherever orders are placed.
    static let ofAnyCounter: [Nonsense] = [
        .halfTheText, .noText, .anotherLanguage, .zeroQuantity, .negativeQuantity, .unknownPath,
    ]
    /// Where orders have lines and can be looked after.
    static let ofOrders: [Nonsense] = [
        .unknownProduct, .noLines, .cancelsUnknownOrder, .cancelsLineOfUnknownOrder, .cancelsNoPieces,
        .returnsUnknownOrder,
    ]
    /// Where their status is set by hand.
    static let ofCarts: [Nonsense] = [.updatesUnknownOrder, .updatesToUnknownStatus]
}

extension RequestWriter {
    private static let nowhere = Identifier(literal: "ORD-NOWHERE")
    private static let product = Identifier(literal: "PROD-001")

    /// Turns a request that would place an order into one that makes no sense.
    func spoil(_ request: inout Request, _ kind: Nonsense, _ order: Int) {
        switch kind {
        case .halfTheText: request.body.removeLast(request.body.count - request.body.count / 2)
        case .noText: request.body = []
        case .anotherLanguage: request.body = Array("<order><customer>Kim</customer></order>".utf8)
        case .zeroQuantity: request.body = body(of: order, items: [(Self.product, 0)])
        case .negativeQuantity: request.body = body(of: order, items: [(Self.product, -3)])
        case .unknownPath: request.path = "/api/carts"
        case .unknownProduct: request.body = body(of: order, items: [(Identifier(literal: "PROD-999"), 1)])
        case .noLines: request.body = body(of: order, items: [])
        case .cancelsUnknownOrder: (request.path, request.body) = (OrderAPI.cancelPath(Self.nowhere), [])
        case .cancelsLineOfUnknownOrder: cancelPieces(&request, 1)
        case .cancelsNoPieces: cancelPieces(&request, 0)
        case .returnsUnknownOrder: (request.path, request.body) = (OrderAPI.returnPath(Self.nowhere), [])
        case .updatesUnknownOrder:
            update(&request, OrderAPI.cartUpdateBody(order: Self.nowhere, status: .confirmed))
        case .updatesToUnknownStatus:
            update(&request, Array("{\"order_id\":\"\(Self.nowhere)\",\"status\":\"teleported\"}".utf8))
        }
    }

    private func cancelPieces(_ request: inout Request, _ quantity: Int32) {
        request.path = OrderAPI.lineCancelPath(Self.nowhere, Self.product)
        request.body = OrderAPI.lineCancelBody(quantity: quantity)
    }

    private func update(_ request: inout Request, _ body: [UInt8]) {
        request.method = .put
        request.path = OrderAPI.cartUpdatePath
        request.body = body
    }
}

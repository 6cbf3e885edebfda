import Orders

/// What a blueprint lets customers do, how, and at which service.
struct Storefront: Sendable {
    /// How orders are placed.
    enum Counter: Sendable {
        /// `POST /api/orders`: any number of products, each with how many of it.
        case orders
        /// `POST /api/v1/orders`: so many of one product.
        case singleProduct
        /// `POST /create-order`: so many items, which the cart chooses.
        case cart
    }

    let counter: Counter
    /// The service that takes orders.
    let seller: String
    /// The service that knows how orders stand.
    let desk: String
    private let published: EventSet

    init(_ blueprint: Blueprint) {
        let desk = blueprint.participant(.order)?.name ?? Blueprint.Role.order.rawValue
        self.desk = desk
        seller = blueprint.participant(.cart)?.name ?? desk
        counter =
            if blueprint.participant(.cart) != nil {
                .cart
            } else if blueprint.name == "payment-first" {
                .singleProduct
            } else {
                .orders
            }
        published = blueprint.published
    }

    /// Whether customers can have a conversation at all.
    func offers(_ conversation: Conversation) -> Bool {
        switch conversation {
        case .order, .again, .nonsense, .look: true
        case .cancel, .cancelAgain: published.contains(.orderCancellationRequested)
        case .cancelLine: published.contains(.lineCancellationRequested)
        case .follow, .giveBack: published.contains(.returnRequested)
        case .update: counter == .cart && published.contains(.orderStatusUpdated)
        }
    }

    /// The service that a conversation is with.
    func service(for conversation: Conversation) -> String {
        switch conversation {
        case .order, .again, .nonsense, .update: seller
        case .cancel, .cancelAgain, .cancelLine, .look, .follow, .giveBack: desk
        }
    }

    /// What makes no sense here.
    var nonsense: [Nonsense] {
        switch counter {
        case .orders: Nonsense.ofAnyCounter + Nonsense.ofOrders
        case .singleProduct: Nonsense.ofAnyCounter + [.unknownProduct]
        case .cart: Nonsense.ofAnyCounter + Nonsense.ofCarts
        }
    }
}

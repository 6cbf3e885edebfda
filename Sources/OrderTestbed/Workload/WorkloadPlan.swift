import Orders
import Services
import Simulation

/// What every customer is going to do, as a function of the order's number alone: leaving one order out leaves all
/// others as they were.
struct WorkloadPlan: Sendable {
    let options: WorkloadOptions
    let storefront: Storefront
    let products: [Product]
    let draws: Draws
    /// How often each product is wanted, relative to the others.
    private let weights: [Int]
    /// Indices of the two products of which there are fewest.
    private let scarcest: [Int]

    init(
        options: WorkloadOptions, storefront: Storefront, products: [Product],
        draws: Draws
    ) {
        precondition(!products.isEmpty, "a shop needs something to sell")
        self.options = options
        self.storefront = storefront
        self.products = products
        self.draws = draws
        weights = products.indices.map { options.popularity == .even ? 1 : 840 / ($0 + 1) + 1 }
        let byStock = products.indices.sorted { (products[$0].initialStock, $0) < (products[$1].initialStock, $1) }
        scarcest = Array(byStock.prefix(2))
    }

    /// From one order to the next.
    func gap(before order: Int) -> Duration {
        let mean = Duration(nanoseconds: Int64(1e9 / options.rate))
        switch options.arrivals {
        case .uniform: return mean
        case .poisson: return draws.exponential(mean: mean, .arrival, UInt64(order))
        case .burst:
            let size = options.burstSize
            return order % size == 0 ? mean * Int64(size) : .zero
        }
    }

    /// The first order from this one on that is placed, and how long after the one before `order` it is; nil when there is
    /// none.
    func next(from order: Int) -> (order: Int, gap: Duration)? {
        var gap = Duration.zero
        for number in order..<max(order, options.orders) {
            gap = gap + self.gap(before: number)
            if options.only.isEmpty || options.only.contains(number + 1) { return (number, gap) }
        }
        return nil
    }

    // MARK: What an order is about

    func customer(of order: Int) -> Identifier {
        let isBusy = draws.chance(options.suspiciousCustomers, .suspicion, UInt64(order))
        let number = draws.index(below: isBusy ? 3 : options.customers, .customer, UInt64(order))
        return Identifier(prefix: "CUST-", number: UInt64(number) + 1, digits: 6)
    }

    func hasBadCard(_ order: Int) -> Bool { draws.chance(options.declinedCards, .card, UInt64(order)) }

    /// The id that the customer wants the order to have; nil when the shop is to choose. A cart wants to be told, and who
    /// sells single products does not.
    func orderID(of order: Int) -> Identifier? {
        let isChosen =
            switch storefront.counter {
            case .orders: options.orderIDs == .client
            case .singleProduct: false
            case .cart: true
            }
        return isChosen ? Identifier(prefix: "ORD-", number: UInt64(order) + 1, digits: 8) : nil
    }

    /// Different products, each with how many of it.
    func basket(of order: Int) -> [(sku: Identifier, quantity: Int32)] {
        let identity = UInt64(order)
        var rest = Array(products.indices)
        var lines: [(sku: Identifier, quantity: Int32)] = []
        let wanted = storefront.counter == .singleProduct ? 1 : number(in: options.lines, .lines, identity)
        for line in 0..<min(wanted, products.count) {
            var index = choose(among: rest, identity, UInt64(line))
            if line == 0, draws.chance(options.scarceProducts, .scarcity, identity) {
                index = scarcest[draws.index(below: scarcest.count, .scarcity, identity, 1)]
            }
            rest.removeAll { $0 == index }
            let quantity = number(in: options.quantity, .quantity, identity, UInt64(line))
            lines.append((products[index].sku, Int32(quantity)))
        }
        return lines
    }

    private func choose(among indices: [Int], _ order: UInt64, _ line: UInt64) -> Int {
        let total = indices.reduce(0) { $0 + weights[$1] }
        var rest = draws.index(below: total, .product, order, line)
        for index in indices {
            if rest < weights[index] { return index }
            rest -= weights[index]
        }
        preconditionFailure("a draw below the sum of all weights falls on one of them")
    }

    func number(in range: ClosedRange<Int>, _ purpose: Purpose, _ a: UInt64, _ b: UInt64 = 0) -> Int {
        range.lowerBound + draws.index(below: range.count, purpose, a, b)
    }

    // MARK: What else the customer does

    /// From sending an order to sending it again; nil for most.
    func repetition(of order: Int) -> Duration? {
        guard draws.chance(options.repeatedRequests, .repetition, UInt64(order)) else { return nil }
        return draws.duration(in: options.repeatDelay, .repetition, UInt64(order), 1)
    }

    /// Whether the customer's requests have idempotency keys.
    func sendsKeys(with order: Int) -> Bool { !draws.chance(options.keylessRequests, .keyless, UInt64(order)) }

    /// What makes no sense, if this customer sends such a thing, and how long after the order.
    func nonsense(beside order: Int) -> (kind: Nonsense, after: Duration)? {
        guard draws.chance(options.nonsenseRequests, .nonsense, UInt64(order)) else { return nil }
        let kinds = storefront.nonsense
        let kind = kinds[draws.index(below: kinds.count, .nonsense, UInt64(order), 1)]
        return (kind, draws.duration(in: .zero ... .seconds(1), .nonsense, UInt64(order), 2))
    }
}

extension Purpose {
    fileprivate static let arrival = Purpose("workload.arrival")
    fileprivate static let customer = Purpose("workload.customer")
    fileprivate static let suspicion = Purpose("workload.suspicion")
    fileprivate static let card = Purpose("workload.card")
    fileprivate static let lines = Purpose("workload.lines")
    fileprivate static let product = Purpose("workload.product")
    fileprivate static let quantity = Purpose("workload.quantity")
    fileprivate static let scarcity = Purpose("workload.scarcity")
    fileprivate static let repetition = Purpose("workload.repetition")
    fileprivate static let keyless = Purpose("workload.keyless")
    fileprivate static let nonsense = Purpose("workload.nonsense")
}

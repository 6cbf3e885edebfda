import Live
import Orders

/// What runs where, and what to do first.
struct Banner {
    let plan: ServePlan
    let port: Int
    let brokers: String

    var lines: [String] {
        let isLocal = ["0.0.0.0", "::", "127.0.0.1", "::1"].contains(plan.host)
        let url = "http://\(isLocal ? "localhost" : plan.host):\(port)"
        let services = plan.system.services.map(\.name)
        let times = plan.numbers.count == 1 ? "" : ", \(plan.numbers.count) instances each"
        var lines = [
            "orrery serves blueprint '\(plan.system.blueprint.name)'",
            "  services   \(services.joined(separator: ", "))\(times)",
            "  API        \(url)/api/orders   (/livez /readyz /metrics)",
            "  store      \(plan.store)",
        ]
        if plan.brokers == nil {
            lines += [
                "  broker     \(brokers), embedded: for development, forgets everything when this ends",
                "  read it    kcat -b \(brokers) -t \(plan.system.needs.first?.name ?? "orders") -C",
            ]
        } else {
            lines.append("  brokers    \(brokers)")
        }
        guard services.contains(entrance) else { return lines }
        lines += ["", "  \(firstOrder(at: url))"]
        return lines
    }

    /// The service that takes orders.
    private var entrance: String {
        OrderAPI.service(for: .post, OrderAPI.createPath, in: plan.system.blueprint)?.name ?? ""
    }

    private func firstOrder(at url: String) -> String {
        let sku = Catalogue.sample.products.first.map { "\($0.sku)" } ?? ""
        return "curl \(url)\(OrderAPI.createPath) -d "
            + #"'{"customerId":"CUST-1","items":[{"productId":"\#(sku)","quantity":1}]}'"#
    }
}

import Harness
import Services
import Simulation

/// Those who send money. Who hears nothing asks again, with the same idempotency key.
struct Customers: Environment {
    private let transfers: [Transfer]
    private let interval: Duration
    private var isAnswered: [Bool]

    init(of options: WalletSystem, draws: Draws) {
        transfers = (0..<options.transfers).map { number in
            let draw = { (count: Int, what: UInt64) in draws.index(below: count, .choices, UInt64(number), what) }
            let banks = draw(2, 0) == 0 ? ["north", "south"] : ["south", "north"]
            let isLost = draws.chance(options.unknownReceivers, .choices, UInt64(number), 1)
            let (from, to) = (options.wallets(of: banks[0]), options.wallets(of: banks[1]))
            return Transfer(
                id: Identifier(prefix: "T-", number: UInt64(number + 1), digits: 5), from: from[draw(from.count, 2)],
                to: isLost ? WalletSystem.wallet(of: banks[1], 9_999) : to[draw(to.count, 3)],
                amount: Int64(1 + draw(100_00, 4)))
        }
        interval = options.interval
        isAnswered = Array(repeating: false, count: options.transfers)
    }

    mutating func start(at now: Instant, into output: inout EnvironmentOutput) {
        for number in transfers.indices { output.timers.append((now + interval * Int64(number), UInt64(number))) }
    }

    mutating func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {
        switch signal {
        case .timer(let number):
            let transfer = transfers[Int(number)]
            guard !isAnswered[Int(number)] else { return }
            let request = Request(
                id: number, method: .post, path: "/transfers", idempotencyKey: "\(transfer.id)",
                body: Array(transfer.text.utf8))
            output.requests.append((Transfer.bank(of: transfer.from), request))
            output.timers.append((now + .seconds(2), number))
        case .response(let number, let response): isAnswered[Int(number)] = response.status < 500
        case .refused, .call: break
        }
    }

    var unfinished: [String] {
        transfers.indices.filter { !isAnswered[$0] }.map { "\(transfers[$0].id) has no answer" }
    }
}

extension Purpose {
    fileprivate static let choices = Purpose("wallets.choices")
}

import Harness
import Services
import Simulation

/// Those who send money. Who hears nothing asks again, with the same idempotency key.
struct Customers: Environment {
    let options: WalletSystem
    let draws: Draws
    var waiting: Set<UInt64> = []
    private static let choices = Purpose("walletsSelf.choices")

    /// Draws are keyed by the number: a transfer is the same, whichever others there are.
    private func transfer(_ number: UInt64) -> Transfer {
        func draw(_ count: Int, _ what: UInt64) -> UInt64 {
            UInt64(draws.index(below: count, Self.choices, number, what))
        }
        let banks = draw(2, 0) == 0 ? ["north", "south"] : ["south", "north"]
        let isLost = draws.chance(options.unknownReceivers, Self.choices, number, 1)
        return Transfer(
            id: Identifier(prefix: "T-", number: number, digits: 5),
            from: WalletSystem.wallet(of: banks[0], 1 + draw(options.wallets, 2)),
            to: WalletSystem.wallet(of: banks[1], isLost ? 9_999 : 1 + draw(options.wallets, 3)),
            amount: Int64(1 + draw(100_00, 4)))
    }

    mutating func start(at now: Instant, into output: inout EnvironmentOutput) {
        for number in options.units {
            waiting.insert(UInt64(number))
            output.timers.append((now + options.interval * Int64(number), UInt64(number)))
        }
    }

    mutating func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {
        switch signal {
        case .timer(let number) where waiting.contains(number):
            let transfer = transfer(number)
            let (key, body) = ("\(transfer.id)", Array(transfer.text.utf8))
            let request = Request(id: number, method: .post, path: "/transfers", idempotencyKey: key, body: body)
            output.requests.append((Transfer.bank(of: transfer.from), request))
            output.timers.append((now + .seconds(2), number))
        case .response(let number, let response) where response.status < 500: waiting.remove(number)
        default: break
        }
    }

    var unfinished: [String] { waiting.sorted().map { "transfer \($0) has no answer" } }
}

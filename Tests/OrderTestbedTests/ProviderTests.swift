import Harness
import Orders
import Services
import Simulation
import Testing

@testable import OrderTestbed

@Suite struct ProviderTests {
    private static let order = Identifier(literal: "ORD-1")
    private static let price = Money(minorUnits: 79_99)

    private var provider = PaymentProvider(options: ProviderOptions(), draws: Draws(seed: 1))

    private static func call(
        _ operation: ProviderRequest.Operation, key: UInt64 = 1, attempt: Int = 1,
        token: Identifier = PaymentCard.good
    ) -> ProviderCall {
        let request = ProviderRequest(operation, order: order, amount: price, token: token)
        let id = UniqueID(drawn: key, key)
        return ProviderCall(id: id, attempt: attempt, idempotencyKey: id, key: order, payload: request.encode())
    }

    private mutating func receive(_ call: ProviderCall, _ fate: ProviderFate? = nil) -> EnvironmentOutput {
        var output = EnvironmentOutput()
        provider.receive(call, token: 7, fate: fate, into: &output)
        return output
    }

    private static func replies(_ output: EnvironmentOutput) -> [ProviderReply?] {
        output.answers.map { answer in answer.body.flatMap { try? ProviderReply.decode($0) } }
    }

    @Test mutating func `a good card is charged once, however often the same call is made`() {
        let first = receive(Self.call(.charge))
        let second = receive(Self.call(.charge, attempt: 2))
        #expect(first.ledger.map(\.kind) == ["charge"])
        #expect(first.ledger.first?.amount == 79_99)
        #expect(second.ledger.isEmpty)
        #expect(Self.replies(first) == Self.replies(second))
        #expect(first.answers.first?.token == 7)
    }

    @Test mutating func `another key is another charge`() {
        #expect(receive(Self.call(.charge, key: 1)).ledger.count == 1)
        #expect(receive(Self.call(.charge, key: 2)).ledger.count == 1)
    }

    @Test mutating func `a bad card is declined`() {
        let output = receive(Self.call(.charge, token: PaymentCard.bad))
        #expect(output.ledger.isEmpty)
        #expect(Self.replies(output) == [.declined(.cardDeclined)])
    }

    @Test mutating func `what was never charged is not refunded`() {
        #expect(Self.replies(receive(Self.call(.refund))) == [.declined(.nothingCharged)])
    }

    @Test mutating func `who asks for two refunds gets two, and the ledger shows it`() {
        _ = receive(Self.call(.charge, key: 1))
        #expect(receive(Self.call(.refund, key: 2)).ledger.map(\.kind) == ["refund"])
        #expect(receive(Self.call(.refund, key: 3)).ledger.map(\.kind) == ["refund"])
    }

    // MARK: Fates

    @Test mutating func `unavailable: says so, and nothing was done`() {
        let output = receive(Self.call(.charge), .unavailable)
        #expect(output.ledger.isEmpty)
        #expect(output.answers.map(\.body) == [nil])
        #expect(receive(Self.call(.charge, attempt: 2)).ledger.count == 1)
    }

    @Test mutating func `lost: no answer, and nothing was done`() {
        let output = receive(Self.call(.charge), .lost)
        #expect(output.ledger.isEmpty && output.answers.isEmpty)
    }

    @Test mutating func `answer lost: charged, and the next try hears of it`() {
        let output = receive(Self.call(.charge), .answerLost)
        #expect(output.ledger.count == 1 && output.answers.isEmpty)
        let second = receive(Self.call(.charge, attempt: 2))
        #expect(second.ledger.isEmpty && second.answers.count == 1)
    }

    @Test mutating func `late: as much later as the fault says`() {
        let output = receive(Self.call(.charge), .late(by: .seconds(3)))
        #expect(output.ledger.count == 1)
        #expect(output.answers.allSatisfy { $0.after > .seconds(3) && $0.after < .seconds(4) })
    }

    @Test mutating func `declined: for good, under this key`() {
        #expect(Self.replies(receive(Self.call(.charge), .declined)) == [.declined(.insufficientFunds)])
        #expect(Self.replies(receive(Self.call(.charge, attempt: 2))) == [.declined(.insufficientFunds)])
    }

    @Test mutating func `declined: not what was approved before, and no refund`() {
        let approved = Self.replies(receive(Self.call(.charge)))
        #expect(Self.replies(receive(Self.call(.charge, attempt: 2), .declined)) == approved)
        let refund = receive(Self.call(.refund, key: 2), .declined)
        #expect(refund.ledger.isEmpty)
        #expect(refund.answers.map(\.body) == [nil])
    }

    @Test mutating func `answers twice: the same, at two moments, for one charge`() {
        let output = receive(Self.call(.charge), .answersTwice)
        #expect(output.ledger.count == 1)
        #expect(output.answers.count == 2)
        #expect(output.answers[0].after < output.answers[1].after)
        #expect(output.answers[0].body == output.answers[1].body)
    }
}

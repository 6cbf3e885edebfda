import Orders
import Services
import Simulation
import Testing

@testable import Harness
@testable import OrderTestbed

/// Customers are told and orders are counted, with everything going wrong.
@Suite struct WatchedSystemTests {
    private static func scenario(_ blueprint: Blueprint) -> Scenario {
        var system = OrderSystemUnderTest.inventoryFirst
        system.blueprint = BlueprintFile(blueprint: blueprint)
        system.dayStart = .seconds(2)
        system.provider.unreachableCustomers = 0.1
        system.workload.orders = 40
        system.workload.rate = 20
        system.workload.declinedCards = 0.2
        system.workload.cancellations = 0.3
        var scenario = Scenario(system: system)
        scenario.rates.until = .seconds(4)
        scenario.rates.duplicateRecords = 0.1
        scenario.rates.delayedRecords = 0.1
        scenario.rates.reorderedRecords = 0.05
        scenario.rates.serviceCrashes = 0.005
        scenario.rates.storeFailuresAfterCommit = 0.02
        scenario.rates.providerUnavailable = 0.05
        scenario.rates.providerLosesCalls = 0.05
        scenario.rates.providerLosesAnswers = 0.05
        scenario.rates.providerAnswersLate = 0.05
        scenario.rates.providerAnswersTwice = 0.05
        scenario.rates.providerDeclines = 0.05
        scenario.system = system
        return scenario
    }

    @Test(arguments: [Blueprint.watched(partitions: 3), .watchedToTheEnd(partitions: 3)])
    func `everything holds, and was put to the test`(_ blueprint: Blueprint) throws {
        for seed in 1...10 as ClosedRange<UInt64> {
            let result = try Runner.run(Self.scenario(blueprint), seed: seed)
            for violation in result.violations { Issue.record("\(blueprint.name), seed \(seed): \(violation)") }
            for name in ["notified-at-most-once", "notified-at-last", "analytics-agree"] {
                #expect(result.checks.first { $0.name == name }?.verdict == .held, "\(name)")
            }
        }
    }

    @Test func `where nobody tells and nobody counts, there is nothing to judge`() throws {
        let result = try Runner.run(Self.scenario(.inventoryFirst(partitions: 3)), seed: 1)
        for name in ["notified-at-most-once", "notified-at-last", "analytics-agree"] {
            #expect(result.checks.first { $0.name == name }?.verdict == .inconclusive, "\(name)")
        }
    }

    @Test func `both services that call providers are exposed to their faults`() {
        #expect(CorrectHistories.watched.callers == ["payment", "notification"])
    }
}

@Suite struct MessageProviderTests {
    private static let order = Identifier(literal: "ORD-1")
    private var provider = MessageProvider(options: ProviderOptions(), draws: Draws(seed: 1))

    private static func call(_ channel: NotificationChannel = .email, key: UInt64 = 1, attempt: Int = 1) -> ProviderCall
    {
        let request = MessageRequest(
            channel, to: Identifier(literal: "CUST-1"), order: order, about: .orderCancelled, number: 1)
        let id = UniqueID(drawn: key, key)
        return ProviderCall(id: id, attempt: attempt, idempotencyKey: id, key: order, payload: request.encode())
    }

    private mutating func receive(_ call: ProviderCall, _ fate: ProviderFate? = nil) -> EnvironmentOutput {
        var output = EnvironmentOutput()
        provider.receive(call, token: 7, fate: fate, into: &output)
        return output
    }

    private static func replies(_ output: EnvironmentOutput) -> [MessageReply?] {
        output.answers.map { answer in answer.body.flatMap { try? MessageReply.decode($0) } }
    }

    @Test mutating func `a message leaves once, however often the same call is made`() {
        let first = receive(Self.call(.sms))
        let second = receive(Self.call(.sms, attempt: 2))
        #expect(first.ledger.map(\.kind) == ["sms"])
        #expect(first.ledger.map(\.unit) == ["OrderCancelled"])
        #expect(first.ledger.map(\.subject) == [Self.order])
        #expect(second.ledger.isEmpty)
        #expect(Self.replies(first) == [.accepted] && Self.replies(second) == [.accepted])
    }

    @Test mutating func `another key is another message`() {
        #expect(receive(Self.call(key: 1)).ledger.count == 1)
        #expect(receive(Self.call(key: 2)).ledger.count == 1)
    }

    @Test mutating func `lost or unavailable: nothing leaves, and the next try does it`() {
        #expect(receive(Self.call(), .lost).ledger.isEmpty)
        let unavailable = receive(Self.call(attempt: 2), .unavailable)
        #expect(unavailable.ledger.isEmpty && unavailable.answers.map(\.body) == [nil])
        #expect(receive(Self.call(attempt: 3)).ledger.count == 1)
    }

    @Test mutating func `answer lost: the message has left, and leaves no second time`() {
        let output = receive(Self.call(), .answerLost)
        #expect(output.ledger.count == 1 && output.answers.isEmpty)
        #expect(receive(Self.call(attempt: 2)).ledger.isEmpty)
    }

    @Test mutating func `refused: for good, and the ledger says so`() {
        let output = receive(Self.call(), .declined)
        #expect(output.ledger.map(\.kind) == ["email-bounced"])
        #expect(Self.replies(output) == [.bounced])
        #expect(Self.replies(receive(Self.call(attempt: 2))) == [.bounced])
    }

    @Test mutating func `who has no address is never reached`() {
        var options = ProviderOptions()
        options.unreachableCustomers = 1
        provider = MessageProvider(options: options, draws: Draws(seed: 1))
        #expect(Self.replies(receive(Self.call())) == [.bounced])
    }

    @Test mutating func `what makes no sense is refused, and nobody is told`() {
        var call = Self.call()
        call.payload = Array("{}".utf8)
        let output = receive(call)
        #expect(output.ledger.isEmpty && Self.replies(output) == [.bounced])
    }

    @Test mutating func `messages are not taken for money, nor money for messages`() {
        let entry = receive(Self.call(.sms)).ledger[0]
        #expect(Message(entry, at: .zero, order: 0)?.channel == .sms)
        #expect(Message(entry, at: .zero, order: 0)?.about == .orderCancelled)
        for kind in ["charge", "refund"] {
            let money = LedgerEntry(
                kind: kind, subject: Self.order, idempotencyKey: entry.idempotencyKey, amount: 1, unit: "USD")
            #expect(Message(money, at: .zero, order: 0) == nil)
        }
    }
}

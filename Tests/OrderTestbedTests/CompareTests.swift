import Foundation
import Orders
import Services
import Simulation
import Testing

@testable import Harness
@testable import OrderTestbed

@Suite("What a run costs")
struct RunCostTests {
    private func costs(of history: History) -> RunCosts {
        var scenario = Scenario(system: CorrectHistories.mixed)
        scenario.name = "spoiled"
        return RunCosts(
            RunResult(
                scenario: scenario, seed: 1, checks: CorrectHistories.mixed.judge(history), traceHash: TraceHash(),
                unitsOfWork: 60, events: 0, virtualTime: .zero, faults: [], history: history))
    }

    private func spoiled(_ what: String) throws -> History {
        var history = CorrectHistories.mixedHistory
        try #require(PlantedDefect.all.first { $0.what == what }).spoil(&history)
        return history
    }

    @Test func `every checker costs something that has a name, and no checker costs two things`() {
        for checker in Checker.all {
            #expect(
                Cost(checker: checker.name) != .other, "say in Cost.swift what a violation of it costs: \(checker.name)"
            )
        }
        let named = Cost.allCases.flatMap(\.checkers)
        #expect(Set(named).count == named.count)
        #expect(Set(named).isSubset(of: Checker.all.map(\.name)))
        #expect(Cost(checker: "an invariant of tomorrow") == .other)
    }

    @Test func `labels and names are all different, harm comes first`() {
        #expect(Set(Cost.allCases.map(\.label)).count == Cost.allCases.count)
        #expect(Cost.allCases.allSatisfy { $0.meaning.hasSuffix(".") })
        let harms = Cost.allCases.map(\.isHarm)
        #expect(harms == harms.filter { $0 } + harms.filter { !$0 })
    }

    @Test func `a correct run costs nothing`() {
        let costs = costs(of: CorrectHistories.mixedHistory)
        #expect(costs.subjects.allSatisfy(\.isEmpty) && costs.harmed.isEmpty)
    }

    @Test func `one order that is charged three times is one order, and has not paid a wrong sum besides`() throws {
        var history = CorrectHistories.mixedHistory
        let index = try #require(
            history.entries.firstIndex { entry in
                if case .ledger(let item) = entry.event { item.kind == "charge" } else { false }
            })
        let charge = history.entries[index]
        history.entries.insert(contentsOf: [charge, charge], at: index)
        let costs = costs(of: history)
        #expect(costs[.chargedTwice].count == 1)
        #expect(costs[.wrongSum].isEmpty)
        #expect(costs.harmed == costs[.chargedTwice])
    }

    @Test func `an order that stays paid for ever never finished`() throws {
        let history = try spoiled("an order stays paid for ever")
        let order = history.first(.shipmentDispatched).event.order.description
        #expect(costs(of: history)[.unfinished] == [order])
    }

    @Test func `what is wrong in the books alone harms nobody`() throws {
        var history = CorrectHistories.mixedHistory
        history.brokenInvariants = [(.zero, "Two leaders.")]
        let costs = costs(of: history)
        #expect(costs[.clusterBroken].count == 1)
        #expect(costs.harmed.isEmpty)
    }

    @Test func `more violations are counted than a report tells`() throws {
        var history = CorrectHistories.mixedHistory
        var orders: [OrderRow] = []
        history.store(of: "order")!.forEach(OrderRow.self) { orders.append($0) }
        for order in orders { history.change(OrderRow.self, of: "order", order.key) { $0.status = .paid } }
        let costs = costs(of: history)
        #expect(orders.count == 60 && costs[.unfinished].count == 60 && costs.harmed.count == 60)
    }

    @Test func `orders of a run that never comes to rest are counted, though no checker blames them`() throws {
        var history = try spoiled("an order stays paid for ever")
        history.unsettled = ["payment has read inventory-3 up to 7 of 9"]
        let costs = costs(of: history)
        #expect(costs[.unfinished].count == 1)
        #expect(costs[.neverAtRest] == ["the run"])
    }
}

@Suite("A cell of the comparison")
struct ComparisonCellTests {
    private func scenario(_ text: String, _ overrides: [(key: String, value: String)] = []) throws -> Scenario {
        try ScenarioFile.parse(text: text, file: "cell.yaml", system: OrderSystemUnderTest.self, overrides: overrides)
    }

    private let twice = """
        purpose: Every record comes twice.
        workload: {orders: 40, rate: 40}
        faults: {until: 5s, duplicate-records: 1}
        """

    @Test func `the defaults hold, and there is nothing to tell`() throws {
        let cell = try ComparisonCell(scenario(twice), seeds: 1...2)
        #expect(cell.standing == .held)
        #expect(cell.runs == 2 && cell.orders == 80 && cell.harmed == 0)
        #expect(cell.amounts.isEmpty && cell.counterexample == nil && cell.reason == nil)
    }

    @Test func `a design that loses is counted, and its shortest run is one order`() throws {
        let cell = try ComparisonCell(scenario(twice, [("policies.deduplication", "none")]), seeds: 1...2)
        #expect(cell.standing == .harmful)
        #expect(cell.violatedRuns == 2 && cell.harmed > 40 && cell.harmed <= 80)
        let charged = try #require(cell.amounts.first)
        #expect(charged.cost == .chargedTwice && (21...80).contains(charged.count))
        let found = try #require(cell.counterexample)
        #expect(found.result.unitsOfWork == 1 && found.result.faults.count == 1)
        #expect(found.cost.checkers.contains(found.checker))
    }

    @Test func `a counterexample shows what the fault does, and says so when there is nothing but what happens anyway`()
        throws
    {
        let text = "workload: {orders: 30, rate: 20, cancellations: 1}\n"
        let design: [(key: String, value: String)] = [("blueprint", "payment-first"), ("profile", "as-written")]
        let often = try ComparisonCell(
            scenario(text + "faults: {until: 3s, duplicate-records: 0.5}", design), seeds: 1...2)
        #expect(often.counterexample?.result.faults.isEmpty == false)
        #expect(!often.takesNoFault)
        let mild = try ComparisonCell(
            scenario(text + "faults: {until: 3s, latency-spikes: 0.01}", design), seeds: 1...2)
        #expect(mild.standing == .harmful && mild.counterexample?.result.faults.isEmpty == true)
        #expect(mild.takesNoFault)
        #expect(try !ComparisonCell(scenario(text, design), seeds: 1...1).takesNoFault)
    }

    @Test func `the file of the shortest run comes to the same`() throws {
        let cell = try ComparisonCell(scenario(twice, [("policies.deduplication", "none")]), seeds: 1...1)
        let found = try #require(cell.counterexample)
        let file = ScenarioFile.write(found.result.replayScenario, seed: found.result.seed)
        let replay = try scenario(file)
        let again = try Runner.run(replay, seed: #require(replay.seed))
        #expect(again.traceHash == found.result.traceHash)
        #expect(again.violations == found.result.violations)
        #expect(again.violations.contains { $0.checker == found.checker })
    }

    @Test func `orders that wait behind poison for ever are lost`() throws {
        let text = """
            workload: {orders: 30, rate: 20}
            faults: {until: 2s, poison-rate: 10}
            timing: {settle-limit: 20s}
            saga: {timeout: 5s}
            """
        let cell = try ComparisonCell(scenario(text, [("policies.poison", "halt")]), seeds: 1...1)
        #expect(cell.standing == .harmful)
        #expect(cell.amounts.contains { $0.cost == .unfinished && $0.count > 5 })
        #expect(cell.counterexample?.checker == "quiescent")
    }

    @Test func `a fault that never strikes does not apply, and a run without faults is none`() throws {
        func blind(_ scenario: Scenario, seed: UInt64) throws -> RunResult {
            var result = try Runner.run(scenario, seed: seed)
            result.faults = []
            return result
        }
        let cell = try ComparisonCell(scenario(twice), seeds: 1...2, simulate: blind)
        #expect(cell.standing == .notRun)
        #expect(cell.reason?.contains("in 2 runs it never was") == true)
        #expect(try ComparisonCell(scenario("workload: {orders: 3}"), seeds: 1...1).standing == .held)
    }

    @Test func `runs in which nothing was seen are no proof`() throws {
        let cell = try ComparisonCell(scenario("workload: {orders: 3}"), seeds: 1...2) { scenario, seed in
            RunResult(
                scenario: scenario, seed: seed, checks: [], traceHash: TraceHash(), unitsOfWork: 3, events: 1,
                virtualTime: .zero, faults: [], history: History())
        }
        #expect(cell.standing == .inconclusive && cell.reason != nil)
    }
}

@Suite("The rows and columns that are compared")
struct ComparedTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "scenarios/compare").path
    private static let faults =
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { $0.hasSuffix(".yaml") }.sorted() ?? []

    private func load(_ file: String, _ design: Design) throws -> Scenario {
        try ScenarioFile.load(
            path: "\(Self.folder)/\(file)", system: OrderSystemUnderTest.self, overrides: design.overrides)
    }

    @Test(arguments: faults) func `the standard design holds, and the fault strikes it`(fault: String) throws {
        let scenario = try load(fault, .standard)
        let cell = try ComparisonCell(scenario, seeds: 1...2)
        #expect(cell.standing == .held, "\(cell.reason ?? "") \(cell.amounts)")
        #expect((scenario.system as? OrderSystemUnderTest)?.blueprint.blueprint.name == "standard")
    }

    @Test func `every document's blueprint is a column as written and hardened, and the standard stands beside them`()
        throws
    {
        let documents = BlueprintLibrary.names.dropLast()
        #expect(documents.count == 5)
        #expect(
            Design.compared.map(\.name)
                == documents.flatMap { ["\($0)-as-written", "\($0)-hardened"] } + ["standard"])
        for design in Design.compared {
            let system = try load("an-ordinary-day.yaml", design).system as? OrderSystemUnderTest
            #expect(system?.blueprint.blueprint.name == design.group ?? "standard")
            #expect(system?.profile == (design.name.hasSuffix("as-written") ? "as-written" : "hardened"))
        }
        for group in Set(Design.compared.compactMap(\.group)) {
            #expect(Design.sentence(ofGroup: group)?.contains("From “") == true)
        }
        #expect(Design.sentence(ofGroup: "mine") == nil)
    }

    @Test func `faults that find nobody to strike say so`() throws {
        var missing: [String: [String]] = [:]
        for fault in Self.faults {
            for design in Design.compared where try load(fault, design).misfit != nil {
                missing[fault, default: []].append(design.name)
            }
        }
        let cart = ["cart-as-written", "cart-hardened"]
        let moneyless = ["shipping-only-as-written", "shipping-only-hardened"] + cart
        #expect(
            missing == [
                "forgetful-provider.yaml": moneyless, "provider-outage.yaml": moneyless, "scarce-stock.yaml": moneyless,
            ])
        let outage = try load("provider-outage.yaml", Design.all.first { $0.name == "cart-hardened" } ?? .standard)
        #expect(outage.misfit == "Nobody takes money in this design: there is no payment provider that could fail.")
    }

    @Test func `designs have names for files, sentences, and overrides that a scenario takes`() throws {
        #expect(Self.faults.count >= 10)
        #expect(Set(Design.all.map(\.name)).count == Design.all.count)
        for design in Design.all {
            #expect(design.name.wholeMatch(of: /[a-z0-9][a-z0-9-]*/) != nil)
            #expect(design.sentence.hasSuffix("."))
            #expect(design.group.map { design.name.hasPrefix($0 + "-") } ?? true)
            _ = try load("an-ordinary-day.yaml", design)
        }
    }

    @Test func `every rate counts as a fault, but for those that say how bad another one is`() throws {
        let severities = ["faults.unflushed-tail-loss", "faults.wiped-disks"]
        let fields = ScenarioFields.all(for: OrderSystemUnderTest.self).map(\.path).filter { $0.hasPrefix("faults.") }
        var rates = 0
        for path in fields {
            guard let scenario = try? load("an-ordinary-day.yaml", Design("x", "", overrides: [(path, "0.5")])) else {
                continue  // A length of time.
            }
            rates += 1
            #expect(scenario.rates.canStrike != severities.contains(path), "\(path)")
        }
        #expect(rates > 25)
        #expect(try !load("an-ordinary-day.yaml", .standard).rates.canStrike)
    }
}

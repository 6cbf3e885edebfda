import Harness
import Orders
import Services
import Testing

@testable import OrderTestbed

/// Blueprints and profiles in scenarios.
@Suite struct BlueprintScenarioTests {
    private func scenario(_ text: String, _ overrides: (key: String, value: String)...) throws -> Scenario {
        try ScenarioFile.parse(text: text, file: "x.yaml", system: OrderSystemUnderTest.self, overrides: overrides)
    }

    private func system(_ text: String, _ overrides: (key: String, value: String)...) throws -> OrderSystemUnderTest {
        let scenario = try ScenarioFile.parse(
            text: text, file: "x.yaml", system: OrderSystemUnderTest.self, overrides: overrides)
        return try #require(scenario.system as? OrderSystemUnderTest)
    }

    @Test func `A blueprint brings its topics, and partitions count only where they are given`() throws {
        #expect(try system("blueprint: shipping-only").topics.map(\.partitions) == [3, 1])
        #expect(try system("{blueprint: shipping-only, partitions: 5}").topics.map(\.partitions) == [5, 1])
        #expect(try system("purpose: x", ("blueprint", "shipping-only")).topics[1].name == "order_events_dlq")
    }

    @Test func `A profile holds beneath what the scenario and the command line say`() throws {
        let text = "{blueprint: shipping-only, profile: as-written}"
        let written = try system(text)
        #expect(written.policies.deduplication == .memory)
        #expect(written.policies.publishing == .dualWrite)
        let partly = try system(
            "{blueprint: payment-first, profile: as-written, policies: {publishing: outbox}}",
            ("policies.deduplication", "memory"))
        #expect(partly.policies.deduplication == .memory)
        #expect(partly.policies.publishing == .outbox)
        #expect(partly.compensation == .none)
        #expect(try system("blueprint: shipping-only").policies.deduplication == .inbox)
    }

    @Test func `A scenario with a profile is written so that it is read back as the same`() throws {
        let text = "{blueprint: shipping-only, profile: as-written, policies: {publishing: outbox}}"
        let written = ScenarioFile.write(try scenario(text))
        let again = try system(written)
        #expect(again.policies.publishing == .outbox)
        #expect(again.policies.deduplication == .memory)
        #expect(again.profile == "as-written")
        #expect(ScenarioFile.write(try scenario(written)) == written)
    }

    @Test func `A blueprint of one's own is written down whole`() throws {
        let own = (BlueprintLibrary.text(of: "shipping-only") ?? "").replacing("order_events", with: "all_events")
        let indented = own.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
        let text = "blueprint:\n  name: own\n" + indented.joined(separator: "\n") + "\n"
        let written = ScenarioFile.write(try scenario(text))
        #expect(written.contains("all_events: 3"))
        let again = try system(written)
        #expect(again.blueprint.blueprint == (try system(text)).blueprint.blueprint)
        #expect(again.topics[0].name == "all_events")
    }

    @Test(arguments: [
        ("blueprint: paralel", "x.yaml:1:12: 'paralel': there is no blueprint of this name – did you mean 'parallel'?"),
        (
            "{blueprint: shipping-only, profile: as-writen}",
            "x.yaml:1:37: blueprint 'shipping-only' has no profile 'as-writen' – did you mean 'as-written'?"
        ),
        (
            "{blueprint: shipping-only, services: {payment: 2}}",
            "x.yaml:1:39: there is no service 'payment' – choose from order, shipping"
        ),
        ("blueprint: no/such.yaml", "x.yaml:1:12: 'no/such.yaml': there is no such file"),
    ])
    func `What is wrong has a place and a sentence`(text: String, message: String) {
        #expect {
            try scenario(text)
        } throws: { error in
            (error as? InvalidScenario)?.description == message
        }
    }
}

import Foundation
import Harness
import Simulation
import Testing

@testable import OrderTestbed

/// The scenario files of the repository.
@Suite struct ScenarioTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "scenarios")

    private static let files =
        (try? FileManager.default.subpathsOfDirectory(atPath: folder.path))?
        .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("blueprints/") }.sorted() ?? []

    private func load(_ name: String) throws -> Scenario {
        try ScenarioFile.load(path: Self.folder.appending(path: name).path, system: OrderSystemUnderTest.self)
    }

    @Test func `there are at least thirty`() { #expect(Self.files.count >= 30) }

    @Test(arguments: files) func `a scenario is valid, and says first what it is for`(file: String) throws {
        let scenario = try load(file)
        #expect(scenario.purpose.hasSuffix("."))
        let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        // A comment may stand above it: what a regression once broke.
        let first = text.split(separator: "\n").first { !$0.hasPrefix("#") }
        #expect(first?.hasPrefix("purpose: ") == true)
    }

    @Test(arguments: files) func `a scenario that is written down is the same scenario`(file: String) throws {
        let scenario = try load(file)
        let written = ScenarioFile.write(scenario)
        let again = try ScenarioFile.parse(text: written, file: file, system: OrderSystemUnderTest.self)
        #expect(ScenarioFile.write(again) == written)
        #expect(again.rates == scenario.rates)
        let (old, new) = (scenario.system as? OrderSystemUnderTest, again.system as? OrderSystemUnderTest)
        #expect(old != nil && old?.workload == new?.workload && old?.stock == new?.stock)
    }

    @Test func `calm has stock for ten thousand orders`() throws {
        let scenario = try ScenarioFile.load(
            path: Self.folder.appending(path: "calm.yaml").path, system: OrderSystemUnderTest.self,
            overrides: [("workload.orders", "10000")])
        let system = try #require(scenario.system as? OrderSystemUnderTest)
        let plan = WorkloadPlan(
            options: system.workload, storefront: Storefront(system.blueprintInUse),
            products: system.catalogue.products, draws: Draws(seed: 1))
        var wanted = system.catalogue.products.map { _ in 0 }
        for order in 0..<10_000 {
            for line in plan.basket(of: order) {
                wanted[system.catalogue.products.firstIndex { $0.sku == line.sku }!] += Int(line.quantity)
            }
        }
        for (product, wanted) in zip(system.catalogue.products, wanted) { #expect(product.initialStock > wanted) }
    }
}

import Harness
import OrderTestbed
import Orders

/// A defect that is planted on purpose, as backend teams make them, and that takes a fault, bad timing or both to show.
package struct Defect: Sendable {
    /// What kind of mistake it is.
    package enum Kind: String, CaseIterable, Sendable {
        case deduplication, ordering, atomicity, compensation, timeouts, rebalancing
        case idempotentCalls = "idempotent calls"
        case offsets, recovery, concurrency, durability
    }

    /// Stable: scenario files name it.
    package let name: String
    /// What is wrong, in a sentence.
    package let sentence: String
    package let kind: Kind
    /// The checkers of which one has to notice.
    package let checkers: [String]
    /// The shared scenario that brings it out.
    package let scenario: DefectScenario
    /// What is wrong in the scenario's own settings: `--set` on the command line.
    let settings: [(key: String, value: String)]
    /// What is wrong in the services.
    let places: [ServiceDefect]

    /// A defect of settings.
    init(
        _ name: String, _ kind: Kind, _ sentence: String, in scenario: DefectScenario, seenBy checkers: [String],
        settings: [(key: String, value: String)]
    ) {
        self.init(name, kind, sentence, in: scenario, seenBy: checkers, places: [], settings: settings)
    }

    /// A defect of one service.
    init(
        _ name: String, _ kind: Kind, _ sentence: String, in scenario: DefectScenario, seenBy checkers: [String],
        of service: String, _ places: ServiceDefect.Place...
    ) {
        self.init(
            name, kind, sentence, in: scenario, seenBy: checkers,
            places: places.map { ServiceDefect(of: service, $0) }, settings: [])
    }

    private init(
        _ name: String, _ kind: Kind, _ sentence: String, in scenario: DefectScenario, seenBy checkers: [String],
        places: [ServiceDefect], settings: [(key: String, value: String)]
    ) {
        self.name = name
        self.kind = kind
        self.sentence = sentence
        self.scenario = scenario
        self.checkers = checkers
        self.places = places
        self.settings = settings
    }

    /// All of them.
    package static let all = till + money + warehouse + parcels + orders + tidings + settings

    /// The defect of a name.
    package static func named(_ name: String) -> Defect? { all.first { $0.name == name } }

    /// The scenario with the defect in it.
    package func planted() throws(InvalidScenario) -> Scenario {
        var scenario = try scenario.load(settings + [("defect", name)])
        scenario.name = name
        return scenario
    }

    /// The first violation that one of the expected checkers found.
    package func violation(in result: RunResult) -> Violation? {
        result.violations.first { checkers.contains($0.checker) }
    }
}

/// The scenarios that all planted defects share: those of `scenarios/defects`, which are part of the program.
package enum DefectScenario: String, CaseIterable, Sendable {
    /// The standard pipeline: customers who change their minds, and trouble with records, processes, stores, providers.
    case storefront
    /// The same pipeline on a Kafka cluster in trouble: brokers, networks, groups.
    case backbone
    /// Stock, then money, then the parcel; few things go wrong.
    case checkout
    /// A cart takes orders, and their status is set by hand.
    case cart

    private var bytes: [UInt8] {
        switch self {
        case .storefront: PackageResources.storefront_yaml
        case .backbone: PackageResources.backbone_yaml
        case .checkout: PackageResources.checkout_yaml
        case .cart: PackageResources.cart_yaml
        }
    }

    /// The scenario, with some keys set on top.
    package func load(_ overrides: [(key: String, value: String)] = []) throws(InvalidScenario) -> Scenario {
        try ScenarioFile.parse(
            bytes, file: "scenarios/defects/\(rawValue).yaml", system: DefectiveSystem.self, overrides: overrides)
    }
}

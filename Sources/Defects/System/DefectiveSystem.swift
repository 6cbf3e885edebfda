import Harness
import Kafka
import OrderTestbed
import Services
import Simulation

/// The order system with a defect in its services; everything else is the real one's, keys of scenario files too. The
/// key `defect` names which, so that a run of it can be written down and made again in another process.
package struct DefectiveSystem: SystemUnderTest {
    package var real = OrderSystemUnderTest()
    /// A defect of `Defect.all`; nil for none of them.
    package var defect: String?
    /// Further defects, which no scenario file can name.
    package var defects: [ServiceDefect] = []

    package init() {}

    package static var fields: [Field<DefectiveSystem>] {
        OrderSystemUnderTest.fields.map { $0.lifted(get: { $0.real }, set: { $0.real = $1 }) } + [
            Field(
                "defect", \.defect, Format.text.optional,
                "The planted defect that the services have; none where nothing is said.")
        ]
    }

    package static var program: String? { "orrery-findings" }

    package var presets: [Preset] { real.presets }

    package var findings: [Objection] {
        guard let defect, Defect.named(defect) == nil else { return real.findings }
        return real.findings + [
            Objection(
                key: "defect", message: "there is no defect '\(defect)'",
                suggestion: Suggestion.forName(defect, among: Defect.all.map(\.name)))
        ]
    }

    package var topics: [(name: String, partitions: Int)] { real.topics }
    package var callers: [String] { real.callers }
    package var policies: RuntimePolicies { real.policies }
    package var unitsOfWork: Int { real.unitsOfWork }
    package var units: [Int] { real.units }

    package func services(topics: TopicTable) -> [any Service] {
        let defects = (defect.flatMap(Defect.named)?.places ?? []) + defects
        return real.services(topics: topics).map { service in
            defects.filter { $0.service == service.name }.reduce(service) { DefectiveService(real: $0, defect: $1) }
        }
    }

    package func environment(draws: Draws) -> any Environment { real.environment(draws: draws) }

    package func poison(_ kind: PoisonKind, for topic: String, draws: Draws, number: UInt64) -> Record? {
        real.poison(kind, for: topic, draws: draws, number: number)
    }

    package func judge(_ history: History) -> [CheckResult] { real.judge(history) }

    package func with(unitsOfWork count: Int, isStretched: Bool) -> DefectiveSystem? {
        real.with(unitsOfWork: count, isStretched: isStretched).map(replacingReal)
    }

    package func with(units: [Int]) -> DefectiveSystem? { real.with(units: units).map(replacingReal) }

    package var simplifications: [DefectiveSystem] { real.simplifications.map(replacingReal) }

    package var canary: DefectiveSystem? { real.canary.map(replacingReal) }

    /// The same defects in another system.
    private func replacingReal(_ other: OrderSystemUnderTest) -> DefectiveSystem {
        var system = self
        system.real = other
        return system
    }
}

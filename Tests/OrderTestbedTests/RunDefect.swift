import Defects
import Harness
import Simulation
import Testing

@testable import OrderTestbed

/// Something that is wrong with a system, who must notice when the system is run, and the scenario that brings it out.
struct RunDefect: Sendable, CustomTestStringConvertible {
    /// So many seeds are tried.
    static let seeds: ClosedRange<UInt64> = 1...30

    let checker: String
    /// What is wrong, in a sentence.
    let what: String
    /// What the correct system is run with as well.
    let circumstances: @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void
    /// Breaks the system, or what it stands on.
    let spoil: @Sendable (inout Scenario, inout DefectiveSystem) -> Void

    var testDescription: String { "\(checker): \(what)" }

    init(
        _ checker: String, _ what: String,
        when circumstances: @escaping @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void = { _, _ in },
        spoil: @escaping @Sendable (inout Scenario, inout DefectiveSystem) -> Void
    ) {
        self.checker = checker
        self.what = what
        self.circumstances = circumstances
        self.spoil = spoil
    }

    init(
        _ checker: String, _ what: String,
        when circumstances: @escaping @Sendable (inout Scenario, inout OrderSystemUnderTest) -> Void = { _, _ in },
        in service: String, _ place: ServiceDefect.Place
    ) {
        self.init(checker, what, when: circumstances) { _, system in
            system.defects = [ServiceDefect(of: service, place)]
        }
    }

    /// The scenario with a system that is as it should be.
    var correct: Scenario {
        let (scenario, _) = prepared
        return scenario
    }

    /// The same with the defect.
    var defective: Scenario {
        var (scenario, real) = prepared
        var system = DefectiveSystem()
        system.real = real
        spoil(&scenario, &system)
        scenario.system = system
        return scenario
    }

    private var prepared: (Scenario, OrderSystemUnderTest) {
        var system = OrderSystemUnderTest.inventoryFirst
        system.partitions = 3
        system.workload.orders = 20
        system.workload.rate = 20
        system.sagaTimeout = .seconds(8)
        var scenario = Scenario(system: system)
        scenario.rates.until = .seconds(2)
        // Time enough for what is right to settle; what is wrong may never do so.
        scenario.timing.settleLimit = .seconds(60)
        circumstances(&scenario, &system)
        scenario.system = system
        return (scenario, system)
    }
}

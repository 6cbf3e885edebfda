import Harness
import Kafka
import Services
import Simulation
import Testing

@Suite("A handler that fails")
struct HandlerFaultTests {
    private func scenario(_ retry: Retry, failures: Double = 0) -> Scenario {
        var courier = Courier()
        courier.policies.retry = retry
        var scenario = Scenario(system: courier)
        scenario.rates.until = .seconds(6)
        scenario.rates.handlerFailures = failures
        return scenario
    }

    private func records(in topic: String, _ history: History) -> Int {
        history.entries.count { entry in
            if case .appended(let place, _, _) = entry.event {
                history.topics.name(of: place.topic) == topic
            } else {
                false
            }
        }
    }

    private func stamped(_ result: RunResult) -> Int {
        result.history.store(of: "depot")?.count(of: StampRow.self) ?? 0
    }

    @Test("fails exactly as a plan says, and is then tried again in place")
    func planned() throws {
        var scenario = scenario(.inPlace)
        let place = HandlingPlace(service: "depot", topic: "parcels", key: "PARCEL-7", number: 1)
        scenario.plan = [.failHandler(place, times: 3)]
        let result = try Runner.run(scenario, seed: 1)
        #expect(result.verdict == .held, "\(result.violations)")
        #expect(
            result.faults
                == (1...3).map {
                    .failHandler(
                        HandlingPlace(service: "depot", topic: "parcels", key: "PARCEL-7", number: $0), times: 1)
                })
    }

    @Test(
        "loses nothing while records are tried again, in place or in topics", arguments: [Retry.inPlace, .retryTopics])
    func triedAgain(retry: Retry) throws {
        for seed in UInt64(1)...5 {
            let result = try Runner.run(scenario(retry, failures: 0.2), seed: seed)
            #expect(result.verdict == .held, "\(result.violations)")
            #expect(!result.faults.isEmpty)
            #expect((records(in: "parcels-retry-1", result.history) > 0) == (retry == .retryTopics))
            #expect(records(in: "parcels.dlq", result.history) == 0)
            let replay = try Runner.run(result.replayScenario, seed: seed)
            #expect(replay.traceHash == result.traceHash)
            #expect(replay.faults == result.faults)
        }
    }

    @Test("with retry topics, and every other fault at once, loses nothing", arguments: UInt64(1)...20)
    func troubledRetryTopics(seed: UInt64) throws {
        var scenario = Scenario.troubledCourier()
        var courier = Courier()
        courier.policies.retry = .retryTopics
        scenario.system = courier
        let result = try Runner.run(scenario, seed: seed)
        #expect(result.verdict == .held, "\(result.violations)")
    }

    @Test("without any retry turns sound records into dead letters, until they are redriven")
    func redrive() throws {
        var scenario = scenario(.none, failures: 0.2)
        let stuck = try Runner.run(scenario, seed: 1)
        let letters = records(in: "parcels.dlq", stuck.history)
        #expect(letters > 0)
        #expect(stamped(stuck) == 40 - letters)
        #expect(stuck.verdict == .violated)

        // Twice: what was processed after the first time is recognised the second.
        scenario.rates.until = .seconds(12)
        scenario.plan = stuck.faults
        scenario.rates.handlerFailures = 0
        scenario.plan += [8, 9].map { .redriveDeadLetters(topic: "parcels.dlq", at: .zero + .seconds($0)) }
        // One that nobody can say anything about stays where it is.
        scenario.plan.append(.poison(.empty, topic: "parcels.dlq", at: .zero + .seconds(7), number: 1))
        let redriven = try Runner.run(scenario, seed: 1)
        #expect(redriven.verdict == .held, "\(redriven.violations)")
        #expect(stamped(redriven) == 40)
        #expect(records(in: "parcels", redriven.history) == 40 + 2 * letters)
        let sent = redriven.history.entries.compactMap { entry -> Int? in
            if case .redriven("parcels.dlq", let sent, 1) = entry.event { sent } else { nil }
        }
        #expect(sent == [letters, letters])
    }
}

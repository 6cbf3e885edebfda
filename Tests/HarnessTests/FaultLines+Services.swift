import Harness
import Kafka
import Services
import Simulation
import VirtualKafka

extension FaultLine {
    private static let moment = RunResult.moment

    static let instances: [FaultLine] = [
        FaultLine("crash-instance", [.crashInstance("depot/1", beforeEffect: 60, restartAfter: .seconds(1))]) {
            run, _ in run.life(of: "depot/1") == ["crashed", "started again"]
        },
        FaultLine("kill-instance", [.killInstance("counter/2", at: moment, restartAfter: .seconds(1))]) { run, _ in
            run.life(of: "counter/2") == ["crashed", "started again"]
        },
        FaultLine("scale", "up", [.scale(service: "depot", to: 4, at: moment, for: .seconds(6))]) { run, _ in
            run.members.contains(4) && run.members.last == 2 && run.life(of: "depot/4") == ["started", "stopped"]
        },
        FaultLine(
            "scale", "up, where clients are served", [.scale(service: "counter", to: 4, at: moment, for: .seconds(3))]
        ) { run, _ in
            run.history.entries.contains { entry in
                if case .acknowledged(_, _, by: "counter/4") = entry.event { true } else { false }
            }
        },
        FaultLine("scale", "down", [.scale(service: "depot", to: 1, at: moment, for: .seconds(6))]) { run, _ in
            // It leaves its group: nobody has to be put out.
            run.members == [1, 2] && run.life(of: "depot/2") == ["stopped", "started again"]
                && !run.sees { if case .memberEvicted = $0 { true } else { false } }
        },
        FaultLine("scale", "to nothing", [.scale(service: "counter", to: 0, at: moment, for: .seconds(3))]) { run, _ in
            !run.answers.contains { $0 > moment + .milliseconds(100) && $0 < moment + .seconds(3) }
        },
        FaultLine("skew-clock", "ahead", clocks(.seconds(30))) { run, _ in run.clockErrors == [0, 30] },
        FaultLine("skew-clock", "behind", clocks(.seconds(-1))) { run, _ in run.clockErrors == [-1, 0] },
        FaultLine(
            "fail-handler",
            [
                .failHandler(
                    HandlingPlace(service: "depot", topic: "parcels", key: "PARCEL-7", number: 1), times: 3)
            ]
        ) { run, calm in
            guard let late = run.calls(for: "PARCEL-7").first, let usual = calm.calls(for: "PARCEL-7").first else {
                return false
            }
            return late > usual + .milliseconds(100)
        },
    ]

    private static func clocks(_ error: Duration) -> [FaultAction] {
        ["counter/1", "counter/2"].map { .skewClock($0, by: error, at: moment, for: .seconds(2)) }
    }

    /// Ten transactions in a row.
    private static func store(_ fate: StoreFate) -> [FaultAction] {
        (20..<30).map { .store("counter/1", transaction: $0, fate) }
    }

    static let stores: [FaultLine] = [
        FaultLine("store", "fails before the commit", store(.failsBeforeCommit)) { run, calm in
            run.slowest > calm.slowest + .milliseconds(50)
        },
        FaultLine("store", "fails after the commit", store(.failsAfterCommit)) { run, calm in
            run.slowest > calm.slowest + .milliseconds(50)
        },
        FaultLine("store", "conflict", store(.conflict)) { run, calm in
            run.slowest > calm.slowest + .milliseconds(50)
        },
        FaultLine("store", "slow", store(.slow(by: .milliseconds(100)))) { run, calm in
            run.slowest > calm.slowest + .milliseconds(90)
        },
        FaultLine("full-disk", [.fullDisk(service: "depot", at: moment, for: .seconds(3))]) { run, calm in
            let (begin, end) = (moment + .milliseconds(10), moment + .seconds(3))
            return calm.calls().contains { begin < $0 && $0 < end } && !run.calls().contains { begin < $0 && $0 < end }
                && run.calls().contains { $0 > end }
        },
    ]

    private static func call(_ fate: ProviderFate) -> [FaultAction] {
        [.provider(CallPlace(service: "depot", subject: Identifier(literal: "PARCEL-7"), number: 1), fate)]
    }

    private static let isRepeated: @Sendable (RunResult, RunResult) -> Bool = { run, calm in
        calm.calls(for: "PARCEL-7").count == 1 && run.calls(for: "PARCEL-7").count == 2
    }

    static let providers: [FaultLine] = [
        FaultLine("provider", "unavailable", call(.unavailable), effect: isRepeated),
        FaultLine("provider", "never receives the call", call(.lost), effect: isRepeated),
        FaultLine("provider", "loses its answer", call(.answerLost), effect: isRepeated),
        FaultLine("provider", "declines", call(.declined), effect: isRepeated),
        FaultLine("provider", "answers after the time limit", call(.late(by: .seconds(5))), effect: isRepeated),
        FaultLine("provider", "answers twice", call(.answersTwice)) { run, calm in
            // The answer comes after the call has ended: nothing is seen of it, and nothing is done twice.
            run.calls(for: "PARCEL-7").count == 1 && run.events > calm.events
        },
        FaultLine("provider-outage", [.providerOutage(service: "depot", at: moment, for: .seconds(5))]) { run, calm in
            run.calls().count > calm.calls().count + 5
        },
    ]
}

extension RunResult {
    /// By how many seconds the time that a record carries differs from the time at which it was written, all that occur.
    var clockErrors: [Int64] {
        let errors = appended(to: "parcels").map { entry -> Int64 in
            let error = entry.3.timestampMilliseconds - entry.at.milliseconds
            return (error + (error < 0 ? -500 : 500)) / 1_000
        }
        return Set(errors).sorted()
    }
}

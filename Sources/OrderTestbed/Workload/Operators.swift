import Harness
import Orders
import Services
import Simulation

/// People who have orders replayed.
public struct ReplayOptions: Hashable, Sendable {
    /// How often a replay is asked for.
    public var count = 0
    /// From the beginning of the run to a replay.
    public var delay = Duration.seconds(1)...Duration.seconds(10)
    /// How many days of orders are replayed.
    public var days = 7
    /// Where to; empty for the topic that the blueprint has for it.
    public var topic = ""

    /// The defaults: none.
    public init() {}
}

/// One try at asking for a replay. No `RequestID` has such a number, since no conversation has its number.
struct ReplayRequestID: Hashable, Sendable {
    private static let mark: UInt64 = 0xff

    /// Which replay, from 0.
    var replay: Int
    /// From 1.
    var attempt: Int

    init(replay: Int, attempt: Int) {
        self.replay = replay
        self.attempt = attempt
    }

    /// Nil when the number is no id of a request for a replay.
    init?(rawValue: UInt64) {
        guard rawValue >> 16 & 0xff == Self.mark else { return nil }
        self.init(replay: Int(rawValue >> 24), attempt: Int(rawValue & 0xffff))
    }

    var rawValue: UInt64 { UInt64(replay) << 24 | Self.mark << 16 | UInt64(attempt) }
}

/// Everybody who asks for replays, and what they still wait for. They insist as clients do.
struct Operators: Sendable {
    private static let backoff = Backoff(initial: .milliseconds(200), maximum: .seconds(5))

    private let options: WorkloadOptions
    /// The service that has the API.
    private let service: String
    private let draws: Draws
    private var replays: [Replay]

    private struct Replay: Sendable {
        /// The try that is under way or comes next; 0 when it is over.
        var attempt = 1
        /// When the first try was made.
        var begun: Instant?
    }

    init(options: WorkloadOptions, service: String, draws: Draws) {
        self.options = options
        self.service = service
        self.draws = draws
        replays = Array(repeating: Replay(), count: options.replays.count)
    }

    mutating func start(at now: Instant, into output: inout EnvironmentOutput) {
        for replay in replays.indices {
            let delay = draws.duration(in: options.replays.delay, .replay, UInt64(replay))
            let request = ReplayRequestID(replay: replay, attempt: 1)
            output.timers.append((at: now + delay, id: request.rawValue << 1))
        }
    }

    /// The time has come to send a request, or to stop waiting for its answer; false when the timer is somebody else's.
    mutating func wake(_ timer: UInt64, at now: Instant, into output: inout EnvironmentOutput) -> Bool {
        guard let request = ReplayRequestID(rawValue: timer >> 1) else { return false }
        guard isCurrent(request) else { return true }
        if timer & 1 == 0 {
            send(request, at: now, &output)
        } else {
            sendLater(request, at: now, &output)
        }
        return true
    }

    /// An answer, or nil when nobody took the connection; false when the request was somebody else's.
    mutating func receive(
        _ response: Response?, to id: UInt64, at now: Instant, into output: inout EnvironmentOutput
    ) -> Bool {
        guard let request = ReplayRequestID(rawValue: id) else { return false }
        guard isCurrent(request) else { return true }
        if let response, response.status < 500 {
            replays[request.replay].attempt = 0
        } else {
            sendLater(request, at: now, &output)
        }
        return true
    }

    private func isCurrent(_ request: ReplayRequestID) -> Bool {
        replays.indices.contains(request.replay) && replays[request.replay].attempt == request.attempt
    }

    private mutating func send(_ id: ReplayRequestID, at now: Instant, _ output: inout EnvironmentOutput) {
        if replays[id.replay].begun == nil { replays[id.replay].begun = now }
        let wish = options.replays
        let request = Request(
            id: id.rawValue, method: .post, path: ReplayAPI.path, idempotencyKey: "replay-\(id.replay)",
            body: ReplayAPI.body(days: Int64(wish.days), topic: wish.topic.isEmpty ? nil : wish.topic))
        output.requests.append((service, request))
        output.timers.append((at: now + options.requestTimeout, id: id.rawValue << 1 | 1))
    }

    private mutating func sendLater(_ id: ReplayRequestID, at now: Instant, _ output: inout EnvironmentOutput) {
        let delay = Self.backoff.delay(after: id.attempt, drawing: draws, .replayRetry, UInt64(id.replay))
        guard now + delay < (replays[id.replay].begun ?? now) + options.patience else {
            replays[id.replay].attempt = 0
            return
        }
        let next = ReplayRequestID(replay: id.replay, attempt: id.attempt + 1)
        replays[id.replay].attempt = next.attempt
        output.timers.append((at: now + delay, id: next.rawValue << 1))
    }

    /// A phrase for each replay that was not answered yet.
    var unfinished: [String] {
        replays.enumerated().compactMap { number, replay in
            guard replay.attempt > 0 else { return nil }
            return replay.begun == nil
                ? "replay \(number) has not been asked for yet"
                : "replay \(number) has no answer (try \(replay.attempt))"
        }
    }
}

extension Purpose {
    fileprivate static let replay = Purpose("workload.replay")
    fileprivate static let replayRetry = Purpose("workload.replay-retry")
}

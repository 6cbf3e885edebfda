import Services

/// What instances do, effect by effect, since somebody looked last.
struct EffectWatch: Sendable {
    /// An effect that is about to be carried out.
    struct Sight: Sendable {
        var process: Int
        /// Counts the instance's effects of the run, from 1.
        var number: UInt64
        var effect: String
        /// What the instance did before, or was told when it had done nothing since.
        var previous: String
        /// Events of the instance that its store has committed and Kafka has not acknowledged.
        var unacknowledged: Int
    }

    /// What was seen. Whoever reads it, empties it.
    var sights: [Sight] = []
    private var previous: [String] = []
    private(set) var unacknowledged: [Int] = []

    mutating func hear(_ signal: Signal, process: Int) {
        // A service can get further instances while the world runs.
        while previous.count <= process {
            previous.append("start")
            unacknowledged.append(0)
        }
        switch signal {
        case .started: unacknowledged[process] = 0
        case .committed(let outcome):
            unacknowledged[process] += outcome.messageCount
            previous[process] = "commit"
        case .delivered: unacknowledged[process] = max(0, unacknowledged[process] - 1)
        default: break
        }
    }

    mutating func see(_ effect: Effect, process: Int, number: UInt64) {
        sights.append(
            Sight(
                process: process, number: number, effect: effect.kind, previous: previous[process],
                unacknowledged: unacknowledged[process]))
        previous[process] = effect.kind
    }
}

extension Effect {
    /// What it asks for, in a word or two.
    var kind: String {
        switch self {
        case .transact: "transact"
        case .produce: "produce"
        case .commitOffsets: "commit-offsets"
        case .beginPublication: "begin-publication"
        case .publication(.initialise): "initialise-publication"
        case .publication(.sendOffsets): "publish-offsets"
        case .publication(.commit): "commit-publication"
        case .publication(.abort): "abort-publication"
        case .pause: "pause"
        case .resume: "resume"
        case .finishRevocation: "finish-revocation"
        case .setTimer: "set-timer"
        case .call: "call"
        case .respond: "respond"
        case .stopped: "stop"
        case .failed: "fail"
        }
    }
}

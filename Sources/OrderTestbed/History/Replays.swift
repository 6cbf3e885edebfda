import Harness
import Kafka
import Orders
import Services
import Simulation

/// A replay that was asked for, as clients know it.
struct AskedReplay: Sendable {
    /// When the first try was sent.
    let asked: Instant
    /// When the first answer came.
    let at: Instant
    let accepted: ReplayAccepted
}

extension OrderHistory {
    /// Every replay that was accepted, once, in the order of the answers.
    var acceptedReplays: [AskedReplay] {
        var asked: [Int: Instant] = [:]
        var accepted: [AskedReplay] = []
        var known: [Identifier] = []
        for entry in source.entries {
            switch entry.event {
            case .requested(_, let request):
                guard let id = ReplayRequestID(rawValue: request.id), asked[id.replay] == nil else { continue }
                asked[id.replay] = entry.at
            case .answered(let id, let response):
                guard let id = ReplayRequestID(rawValue: id), response.status == 202,
                    let replay = try? ReplayAccepted.decode(response.body), !known.contains(replay.replay)
                else { continue }
                known.append(replay.replay)
                accepted.append(AskedReplay(asked: asked[id.replay] ?? entry.at, at: entry.at, accepted: replay))
            default: break
            }
        }
        return accepted
    }

    /// When a client was told first that an order exists, by the order's number.
    var acknowledgements: [Instant?] {
        var moments = [Instant?](repeating: nil, count: orders.count)
        for answer in answers where answer.response.status == 201 {
            guard let order = answer.order, moments[Int(order)] == nil else { continue }
            moments[Int(order)] = answer.at
        }
        return moments
    }
}

import Kafka
import Services
import Simulation

/// What an instance has asked for and has not been told of, at some point of a recording.
public struct Outstanding: Sendable {
    private var batch: Effect?
    private var messages: [(tag: UInt64, effect: Effect)] = []
    private var offsets: Effect?
    private var step: Effect?
    private var calls: [(call: ProviderCall, effect: Effect)] = []
    private var timers: [(timer: Timer, effect: Effect)] = []

    mutating func note(_ effect: Effect) {
        switch effect {
        case .transact: batch = effect
        case .produce(let tag, _, _): messages.append((tag, effect))
        case .commitOffsets: offsets = effect
        case .publication: step = effect
        case .call(let call): calls.append((call, effect))
        case .setTimer(let timer, _): timers.append((timer, effect))
        case .beginPublication, .pause, .resume, .finishRevocation, .respond, .stopped, .failed: break
        }
    }

    mutating func note(_ signal: Signal) {
        switch signal {
        case .committed, .transactionFailed: batch = nil
        case .delivered(let tag), .deliveryFailed(let tag, _): messages.removeAll { $0.tag == tag }
        case .offsetsCommitted: offsets = nil
        case .publicationStep(let ended, let error):
            step = nil
            // Messages of a Kafka transaction go or come back with it.
            switch (ended, error) {
            case (.commit, nil), (.abort, nil): messages.removeAll()
            default: break
            }
        case .timer(let timer):
            if let index = timers.firstIndex(where: { $0.timer == timer }) { timers.remove(at: index) }
        case .answered(let id, let attempt, _), .callFailed(let id, let attempt):
            calls.removeAll { $0.call.id == id && $0.call.attempt == attempt }
        case .started, .assigned, .revoked, .records, .request, .stop: break
        }
    }

    /// What it waits for, a phrase each.
    public func phrases(_ text: FlightText) -> [String] {
        let all = [batch] + messages.map(\.effect) + [offsets, step] + calls.map(\.effect) + timers.map(\.effect)
        return all.compactMap { $0.map { text.phrase(for: $0) } }
    }
}

import Kafka
import Simulation

/// A provider call that this instance is making.
struct CallState: Sendable {
    var row: CallRow
    /// The attempt that is under way, or was the last.
    var attempt = 0
    /// The attempt has neither been answered nor failed.
    var isUnderWay = false
    /// What was answered; on its way into the store.
    var answer: ProviderAnswer?
    /// How often the answer's handler has failed.
    var handlingFailures = 0

    var isAnswered: Bool { answer != nil }
}

/// Calls to providers: retries, time limits, the circuit breaker.
extension Instance {
    mutating func beginCall(_ row: CallRow, at now: Instant, _ effects: inout [Effect]) {
        guard calls[row.key] == nil else { return }
        calls[row.key] = CallState(row: row)
        makeCall(row.key, at: now, &effects)
    }

    mutating func makeCall(_ id: UniqueID, at now: Instant, _ effects: inout [Effect]) {
        guard var state = calls[id], !state.isAnswered, !state.isUnderWay else { return }
        if settings.policies.circuitBreaking == .on, let later = breaker.blockedUntil(at: now) {
            effects.append(.setTimer(.retryCall(id), at: later))
            return
        }
        state.attempt += 1
        state.isUnderWay = true
        calls[id] = state
        let call = ProviderCall(
            id: id, attempt: state.attempt, idempotencyKey: idempotencyKey(of: id, state.attempt),
            key: state.row.subject, payload: state.row.payload)
        effects.append(.setTimer(.callTimeout(id, attempt: state.attempt), at: now + settings.callTimeout))
        effects.append(.call(call))
    }

    /// The call's own id, unless the policy is to ask each time as if for the first time.
    private func idempotencyKey(of id: UniqueID, _ attempt: Int) -> UniqueID {
        guard settings.policies.providerTimeout == .retry else { return id }
        return UniqueID(
            drawn: draws.bits(.callKey, id.high, id.low, UInt64(attempt)),
            draws.bits(.callKey, id.low, id.high, UInt64(attempt)))
    }

    /// The answer to any attempt ends the call.
    mutating func answered(_ id: UniqueID, _ attempt: Int, _ body: [UInt8]) {
        guard calls[id] != nil, calls[id]?.isAnswered == false else { return }
        breaker.succeeded()
        end(id, with: .answered(body))
    }

    private mutating func end(_ id: UniqueID, with answer: ProviderAnswer) {
        calls[id]?.answer = answer
        pending.append(.answer(id, answer))
    }

    /// The answer has been in a committed batch: the call's row is gone with it, or the handler has failed and the row is
    /// still there.
    ///
    /// An answer is never given up, however often its handler fails: money may have moved. It is kept here and handled
    /// again after a while; if this process dies meanwhile, the call is made again with the same idempotency key.
    mutating func answerHandled(
        _ id: UniqueID, _ result: BatchOutcome.Result, at now: Instant, _ effects: inout [Effect]
    ) {
        guard result == .retry, var state = calls[id] else {
            calls[id] = nil
            return
        }
        state.handlingFailures += 1
        calls[id] = state
        let delay = settings.retryBackoff.delay(
            after: state.handlingFailures, drawing: draws, .answerRetry, id.stableHash)
        effects.append(.setTimer(.retryAnswer(id), at: now + delay))
    }

    mutating func handleAnswerAgain(_ id: UniqueID) {
        guard let answer = calls[id]?.answer else { return }
        pending.append(.answer(id, answer))
    }

    mutating func callTimedOut(_ id: UniqueID, _ attempt: Int, at now: Instant, _ effects: inout [Effect]) {
        guard let state = calls[id], state.attempt == attempt, state.isUnderWay, !state.isAnswered else { return }
        if settings.policies.providerTimeout == .assumeDeclined {
            breaker.failed(at: now)
            end(id, with: .gaveUp)
        } else {
            callFailed(id, attempt, at: now, &effects)
        }
    }

    mutating func callFailed(_ id: UniqueID, _ attempt: Int, at now: Instant, _ effects: inout [Effect]) {
        guard let state = calls[id], state.attempt == attempt, state.isUnderWay, !state.isAnswered else { return }
        breaker.failed(at: now)
        let delay = settings.retryBackoff.delay(after: attempt, drawing: draws, .callRetry, id.stableHash)
        calls[id]?.isUnderWay = false
        effects.append(.setTimer(.retryCall(id), at: now + delay))
    }
}

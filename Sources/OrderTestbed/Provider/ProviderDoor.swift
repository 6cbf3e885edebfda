import Harness
import Services
import Simulation

/// Where calls come in at a provider and answers go out, with all that can go wrong there.
///
/// A fault of the provider is a fault of this one call: what it did and told before stands.
struct ProviderDoor: Sendable {
    private let options: ProviderOptions
    private let draws: Draws

    init(options: ProviderOptions, draws: Draws) {
        self.options = options
        self.draws = draws
    }

    /// Lets a call in. `reply` does what is asked, unless it has done so before, and gives the answer; nil for "not now".
    /// It is told whether it has to refuse.
    func receive(
        _ call: ProviderCall, token: UInt64, fate: ProviderFate?, into output: inout EnvironmentOutput,
        reply: (_ isRefusing: Bool, _ output: inout EnvironmentOutput) -> [UInt8]?
    ) {
        let identity = (call.idempotencyKey.stableHash, UInt64(call.attempt))
        let latency = draws.duration(in: options.latency, .latency, identity.0, identity.1)
        var answerAfter: Duration? = latency
        switch fate {
        case .lost: return
        case .unavailable:
            output.answers.append((token, after: latency, body: nil))
            return
        case .answerLost: answerAfter = nil
        case .late(let delay): answerAfter = latency + delay
        case .declined, .answersTwice, nil: break
        }
        guard let body = reply(fate == .declined, &output) else {
            output.answers.append((token, after: latency, body: nil))
            return
        }
        guard let answerAfter else { return }
        output.answers.append((token, after: answerAfter, body: body))
        if fate == .answersTwice {
            let echo = draws.duration(in: options.latency, .echo, identity.0, identity.1)
            output.answers.append((token, after: answerAfter + echo, body: body))
        }
    }
}

extension Purpose {
    fileprivate static let latency = Purpose("provider.latency")
    fileprivate static let echo = Purpose("provider.echo")
}

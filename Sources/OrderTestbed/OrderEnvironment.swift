import Harness
import Simulation

/// Everything outside the order system: the clients of its API, the payment provider, and the gateway for messages.
struct OrderEnvironment: Environment {
    private var clients: Clients
    private var operators: Operators
    private var provider: PaymentProvider
    private var messages: MessageProvider
    /// What the service is called that tells customers, if there is one.
    private let messenger: String?

    init(
        clients: Clients, operators: Operators, provider: PaymentProvider, messages: MessageProvider,
        messenger: String?
    ) {
        self.clients = clients
        self.operators = operators
        self.provider = provider
        self.messages = messages
        self.messenger = messenger
    }

    mutating func start(at now: Instant, into output: inout EnvironmentOutput) {
        clients.start(at: now, into: &output)
        operators.start(at: now, into: &output)
    }

    mutating func receive(_ signal: EnvironmentSignal, at now: Instant, into output: inout EnvironmentOutput) {
        switch signal {
        case .timer(let id):
            if operators.wake(id, at: now, into: &output) { return }
            guard let alarm = ClientAlarm(rawValue: id) else { return }
            clients.receive(alarm, at: now, into: &output)
        case .response(let id, let response):
            if operators.receive(response, to: id, at: now, into: &output) { return }
            guard let request = RequestID(rawValue: id) else { return }
            clients.receive(response, to: request, at: now, into: &output)
        case .refused(let id):
            if operators.receive(nil, to: id, at: now, into: &output) { return }
            guard let request = RequestID(rawValue: id) else { return }
            clients.refused(request, at: now, into: &output)
        case .call(let call, let service, let token, let fate):
            if service == messenger {
                messages.receive(call, token: token, fate: fate, into: &output)
            } else {
                provider.receive(call, token: token, fate: fate, into: &output)
            }
        }
    }

    var unfinished: [String] { clients.unfinished + operators.unfinished }
}

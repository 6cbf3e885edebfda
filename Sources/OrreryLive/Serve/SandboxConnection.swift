import Dispatch
import Foundation
import Live
import OrderTestbed
import Services
import Simulation
import Stores

/// The sandbox's providers in this process, with books that survive it: a call that is repeated after a restart is
/// recognised.
final class SandboxConnection: ProviderConnection {
    /// One provider and its books, used on its queue alone.
    private final class Desk: @unchecked Sendable {
        let provider: SandboxProvider
        let queue: DispatchQueue
        private let openStore: @Sendable () throws -> any ServiceStore
        private var store: (any ServiceStore)?

        init(_ provider: SandboxProvider, openStore: @escaping @Sendable () throws -> any ServiceStore) {
            self.provider = provider
            self.openStore = openStore
            queue = DispatchQueue(label: "sandbox.\(provider.rawValue)")
        }

        func reply(to call: ProviderCall) throws -> [UInt8]? {
            let store = try self.store ?? openStore()
            self.store = store
            return try store.transact { try provider.reply(to: call, in: $0, at: LiveClock().now) }
        }

        func close() {
            store?.close()
            store = nil
        }
    }

    private let payments: Desk
    private let messages: Desk
    private let messenger: String?
    private let log: EventLog

    /// - Parameter messenger: the service that calls the gateway for messages; all others call for payments.
    init(in location: StoreLocation, messenger: String?, log: EventLog) {
        func desk(_ provider: SandboxProvider) -> Desk {
            Desk(provider) { try location.open(service: "sandbox-\(provider.rawValue)") }
        }
        payments = desk(.payments)
        messages = desk(.messages)
        self.messenger = messenger
        self.log = log
    }

    func call(_ call: ProviderCall, of service: String, answer: @escaping @Sendable ([UInt8]?) -> Void) {
        let desk = service == messenger ? messages : payments
        let wait = DispatchTimeInterval.nanoseconds(Int(desk.provider.latency(of: call).nanoseconds))
        desk.queue.async { [log] in
            let body: [UInt8]?
            do { body = try desk.reply(to: call) } catch {
                log.warning(
                    "sandbox", "provider-trouble", "the \(desk.provider.rawValue) sandbox cannot answer: \(error)")
                body = nil
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + wait) { answer(body) }
        }
    }

    /// Closes the books. Calls that come later are told "not now".
    func close() {
        for desk in [payments, messages] { desk.queue.sync { desk.close() } }
    }
}

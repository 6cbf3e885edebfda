import Dispatch
import Foundation

/// Hears SIGTERM and SIGINT. The first asks to come to an end; another one ends the process at once.
final class Signals: Sendable {
    // Set up once and never touched again.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// `heard` is called at the first signal, with its name.
    init(heard: @escaping @Sendable (String) -> Void) {
        let queue = DispatchQueue(label: "signals")
        sources = [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                signal(SIGTERM, SIG_DFL)
                signal(SIGINT, SIG_DFL)
                heard(name)
            }
            source.resume()
            return source
        }
    }
}

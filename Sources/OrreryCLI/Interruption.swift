import Dispatch
import Foundation
import Synchronization

/// Hears Ctrl-C. The first one asks to come to an end; a second one ends the process at once.
final class Interruption: Sendable {
    private let hasHappened = Atomic(false)
    // Set up once and never touched again.
    private nonisolated(unsafe) let source: any DispatchSourceSignal

    /// `heard` is called once, at the first Ctrl-C.
    init(heard: @escaping @Sendable () -> Void) {
        signal(SIGINT, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "interruption"))
        source.setEventHandler { [weak self] in
            self?.hasHappened.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
            heard()
        }
        source.resume()
    }

    var isRequested: Bool { hasHappened.load(ordering: .relaxed) }
}

import Services
import Synchronization

/// Where a gateway takes requests: to the instances of services that run in its process.
public protocol Dispatch: Sendable {
    /// The services that run in this process, by their names.
    var services: [String] { get }
    /// How the instances of this process are.
    var health: [InstanceHealth] { get }
    /// The answer of an instance of a service; nil when none can be asked now, or the one that was asked has ended.
    func send(_ request: Services.Request, to service: String) async -> Services.Response?
}

/// How an instance is, as far as whoever sends it requests has to know.
public struct InstanceHealth: Hashable, Sendable {
    /// `order/1`
    public var name: String
    /// What stands in the way of its work, a phrase each (`waits for its store`); empty when it is ready.
    public var missing: [String]

    public init(name: String, missing: [String]) {
        self.name = name
        self.missing = missing
    }
}

/// An answer in time, or none.
enum Patience {
    /// What `work` gives back, or nil when it takes longer than a limit. It is not stopped then; nobody listens any more.
    static func wait<Result: Sendable>(
        atMost limit: Duration, for work: @escaping @Sendable () async -> Result
    ) async -> Result? {
        await withCheckedContinuation { continuation in
            let once = Once<Result?>(continuation)
            let timer = Task {
                try? await Task.sleep(for: limit)
                once.resume(nil)
            }
            Task {
                once.resume(await work())
                timer.cancel()
            }
        }
    }
}

/// A continuation that several may resume; the first counts.
private final class Once<Result: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result, Never>?>

    init(_ continuation: CheckedContinuation<Result, Never>) { self.continuation = Mutex(continuation) }

    func resume(_ result: Result) {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(returning: result)
    }
}

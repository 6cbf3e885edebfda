import Live
import Services

/// A host is where a gateway's requests go.
extension ServiceHost: Dispatch {
    /// What each instance of this process still waits for.
    public var health: [InstanceHealth] {
        states.map { state in
            var missing: [String] = []
            if !state.isRunning { missing.append("has not started: waits for its store or its cluster") }
            if !state.hasAssignment { missing.append("waits for its group to say what it reads") }
            if !missing.isEmpty, let trouble = state.trouble { missing.append(trouble) }
            return InstanceHealth(name: state.name, missing: missing)
        }
    }

    /// Asks the next instance of a service.
    public func send(_ request: Services.Request, to service: String) async -> Services.Response? {
        await withCheckedContinuation { continuation in
            submit(request, to: service) { continuation.resume(returning: $0) }
        }
    }
}

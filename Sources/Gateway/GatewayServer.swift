import Hummingbird
import ServiceLifecycle

/// A gateway that listens, until it is told to stop.
public final class GatewayServer: Sendable {
    private let group: ServiceGroup
    private let port: AsyncStream<Int>
    private let ended: AsyncStream<(any Error)?>.Continuation
    private let end: AsyncStream<(any Error)?>

    public init(_ gateway: Gateway, host: String, port: Int) {
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        (end, ended) = AsyncStream.makeStream(of: (any Error)?.self)
        self.port = ports
        let application = gateway.application(host: host, port: port) { portFound.yield($0) }
        group = ServiceGroup(
            configuration: .init(services: [.init(service: application)], logger: application.logger))
    }

    /// Starts to listen; gives back the port.
    public func start() async throws -> Int {
        Task { [group, ended] in
            do {
                try await group.run()
                ended.yield(nil)
            } catch { ended.yield(error) }
            ended.finish()
        }
        let first = await withTaskGroup(of: Result<Int, any Error>?.self) { tasks in
            tasks.addTask { [port] in await port.first { _ in true }.map { .success($0) } }
            tasks.addTask { [end] in await end.first { _ in true }.flatMap { $0 }.map { .failure($0) } }
            let first = await tasks.next() ?? nil
            tasks.cancelAll()
            return first
        }
        guard let first else { throw CancellationError() }
        return try first.get()
    }

    /// Lets requests that have arrived be answered, and listens no more.
    public func stop() async {
        await group.triggerGracefulShutdown()
        for await _ in end {}
    }
}

import Foundation
import Kafka
import Live
import LiveTestSupport
import Services
import Simulation
import Synchronization
import Testing

/// Instances in one process: started again, asked in turn, stopped together.
@Suite(.ownThread) struct ServiceHostTests {
    /// An instance that does what it is told.
    private final class Puppet: HostedInstance, @unchecked Sendable {
        let name: String
        let listener: any InstanceListener
        private let ended = DispatchSemaphore(value: 0)
        private let failure = Mutex<String?>(nil)

        init(_ name: String, _ listener: any InstanceListener) {
            self.name = name
            self.listener = listener
        }

        func start() {
            listener.noted(.started)
            listener.noted(.assigned([TopicPartition(TopicID(rawValue: 0), 0)]))
        }

        func submit(_ request: Request, answer: @escaping @Sendable (Response?) -> Void) {
            answer(Response(status: 200, body: Array(name.utf8)))
        }

        func pendingWork(answer: @escaping @Sendable ([String]?) -> Void) { answer(["has something to do"]) }

        func stop() {
            listener.noted(.stopped)
            ended.signal()
        }

        func fail(_ why: String) {
            failure.withLock { $0 = why }
            listener.noted(.failed(why))
            ended.signal()
        }

        func join() -> String? {
            ended.wait()
            return failure.withLock { $0 }
        }
    }

    /// The puppets that were made, by name and life.
    private final class Stage: Sendable {
        let puppets = Mutex<[String: Puppet]>([:])
        let metrics = Metrics()

        func host(_ names: [String]) -> ServiceHost {
            let places = names.map { name in
                InstancePlace(name: name, service: String(name.prefix { $0 != "/" })) { [self] life, listener in
                    let puppet = Puppet("\(name)#\(life)", listener)
                    puppets.withLock { $0[puppet.name] = puppet }
                    return puppet
                }
            }
            let soon = Backoff(initial: .milliseconds(1), maximum: .milliseconds(1))
            return ServiceHost(places, metrics: metrics, backoff: soon) { _, _ in }
        }

        /// A puppet, as soon as it is there.
        func puppet(_ name: String) async throws -> Puppet {
            try await until { self.puppets.withLock { $0[name] } }
        }
    }

    private static func ask(_ host: ServiceHost, _ service: String) async -> String? {
        await withCheckedContinuation { continuation in
            host.submit(Request(id: 1, method: .get, path: "/"), to: service) { response in
                continuation.resume(returning: response.map { String(decoding: $0.body, as: UTF8.self) })
            }
        }
    }

    @Test func `Instances of a service are asked in turn`() async throws {
        let stage = Stage()
        let host = stage.host(["order/1", "order/2", "payment/1"])
        #expect(await Self.ask(host, "order") == nil)
        host.start()
        try await until { host.states.allSatisfy(\.isRunning) ? true : nil }
        var asked: [String?] = []
        for _ in 0..<4 { asked.append(await Self.ask(host, "order")) }
        #expect(asked == ["order/1#1", "order/2#1", "order/1#1", "order/2#1"])
        #expect(await Self.ask(host, "oven") == nil)
        #expect(host.services == ["order", "payment"])
        #expect(await host.pendingWork().count == 3)
        host.stop()
        host.join()
        #expect(host.states.allSatisfy { !$0.isRunning && $0.partitions == 0 })
    }

    @Test func `An instance that fails is followed by another one`() async throws {
        let stage = Stage()
        let host = stage.host(["order/1"])
        host.start()
        for life in 1...3 {
            let puppet = try await stage.puppet("order/1#\(life)")
            try await until { host.states[0].isRunning && host.states[0].life == life ? true : nil }
            #expect(await Self.ask(host, "order") == "order/1#\(life)")
            puppet.fail("the disk is full")
        }
        _ = try await stage.puppet("order/1#4")
        #expect(stage.metrics.counter(.instanceRestarts, "order").value >= 2)
        host.stop()
        host.join()
    }

    @Test func `A host that stops starts nothing again`() async throws {
        let stage = Stage()
        let host = stage.host(["order/1"])
        host.start()
        _ = try await stage.puppet("order/1#1")
        host.stop()
        host.join()
        #expect(stage.puppets.withLock { $0.count } == 1)
    }
}

/// Waits until something is there, at most a minute: other tests may keep every core busy.
@discardableResult
private func until<Result>(_ body: () -> Result?) async throws -> Result {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if let result = body() { return result }
        try await Task.sleep(for: .milliseconds(2))
    }
    if let result = body() { return result }
    throw CancellationError()
}

import ArgumentParser
import Foundation
import Gateway
import Live
import RdKafka

/// One process that serves, from its start to its end.
final class ServeSession: Sendable {
    private let plan: ServePlan
    private let log: EventLog
    private let metrics = Metrics()

    init(_ plan: ServePlan, log: EventLog) {
        self.plan = plan
        self.log = log
    }

    /// Serves until a signal comes, and lets everything finish.
    func run() async throws {
        let (stop, stopping) = AsyncStream.makeStream(of: String.self)
        let signals = Signals { stopping.yield($0) }
        defer { withExtendedLifetime(signals) {} }
        let locks = try takeLocks()
        defer { withExtendedLifetime(locks) {} }
        let embedded = try plan.brokers == nil ? startEmbeddedBroker() : nil
        defer { if embedded != nil { plan.data.forgetEmbeddedBroker() } }
        let brokers = plan.brokers ?? embedded?.bootstrapServers ?? ""
        let providers = SandboxConnection(
            in: plan.store, messenger: plan.system.blueprint.participant(.notification)?.name, log: log)
        let host = ServiceHost(
            plan.places(brokers: brokers, providers: providers, metrics: metrics), metrics: metrics
        ) { [log] instance, note in log.note(note, of: instance) }

        let server = GatewayServer(
            Gateway(blueprint: plan.system.blueprint, dispatch: host, metrics: metrics), host: plan.host,
            port: plan.port)
        let port: Int
        do { port = try await server.start() } catch {
            throw Terminal.fail(
                "cannot listen on \(plan.host):\(plan.port) (\(error)); choose another with --port or --host.",
                .unavailable)
        }
        for line in Banner(plan: plan, port: port, brokers: brokers).lines { Terminal.print(line) }
        let watch = ClusterWatch(
            plan.system, brokers: brokers, properties: plan.properties, store: plan.store,
            makesTopics: embedded == nil, metrics: metrics, log: log)
        watch.start()
        host.start()

        for await signal in stop {
            log.info("serve", "stopping", "\(signal): finishing what is under way; once more ends at once")
            break
        }
        await server.stop()
        if embedded != nil { await settle(host, watch) }
        host.stop()
        host.join()
        watch.stop()
        providers.close()
        log.info("serve", "stopped", "everything is committed")
    }

    /// The embedded broker forgets what is on its way when it ends: events that are published and not read yet are given
    /// a moment to arrive.
    private func settle(_ host: ServiceHost, _ watch: ClusterWatch) async {
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            let pending = await host.pendingWork()
            if pending.isEmpty, watch.isCaughtUp() { return }
            try? await Task.sleep(for: .milliseconds(100))
        }
        log.warning(
            "serve", "unsettled", "some events were still on their way, and the embedded broker forgets them now")
    }

    private func takeLocks() throws -> [InstanceLock] {
        do {
            try plan.data.make()
            guard plan.locks else { return [] }
            return try plan.instanceNames.map { name in
                if let lock = try InstanceLock(instance: name, in: plan.data) { return lock }
                throw Terminal.fail(
                    "another process runs \(name) on \(plan.store): stop it, or give this one another "
                        + "--instance-number.", .unavailable)
            }
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Terminal.fail(
                "cannot write to \(plan.data.path) (\(error.localizedDescription)): choose another place with --store.",
                .unavailable)
        }
    }

    private func startEmbeddedBroker() throws -> EmbeddedBroker {
        do {
            let topics = plan.system.needs.map { EmbeddedTopic($0.name, partitions: Int($0.partitions)) }
            let broker = try EmbeddedBroker(brokers: 1, topics: topics)
            try plan.data.note(embeddedBroker: broker.bootstrapServers)
            return broker
        } catch {
            throw Terminal.fail("the embedded broker does not start: \(error)", .unavailable)
        }
    }
}

extension EventLog {
    /// Writes what an instance has to say.
    func note(_ note: InstanceNote, of instance: String) {
        switch note {
        case .started: info(instance, "started", "started")
        case .assigned(let partitions): info(instance, "assigned", "reads \(partitions.count) partitions more")
        case .revoked(let partitions, let lost):
            info(instance, "revoked", "\(lost ? "has lost" : "gives up") \(partitions.count) partitions")
        case .trouble(let what): warning(instance, "trouble", what)
        case .failed(let why): error(instance, "failed", "\(why); it is started again")
        case .stopped: info(instance, "stopped", "stopped")
        }
    }
}

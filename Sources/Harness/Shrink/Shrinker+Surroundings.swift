import Simulation

/// Simpler surroundings: fewer instances, fewer brokers, plainer options, less time.
extension Shrinker {
    mutating func simplifySurroundings() throws {
        try takeAwayInstances()
        try takeAwayBrokers()
        try simplifySystem()
        try endFaultsEarlier()
    }

    /// One instance of every service, or of as many as possible.
    private mutating func takeAwayInstances() throws {
        guard let services = try? World(best.scenario, seed: best.seed).serviceNames else { return }
        let crowded = services.filter { best.scenario.instanceCount(of: $0) > 1 }
        guard !crowded.isEmpty else { return }
        if try attemptAlone(crowded) { return }
        for service in crowded where crowded.count > 1 { _ = try attemptAlone([service]) }
    }

    private mutating func attemptAlone(_ services: [String]) throws -> Bool {
        var scenario = best.replayScenario
        for service in services {
            scenario.instances.removeAll { $0.service == service }
            scenario.instances.append((service, 1))
        }
        return try attempt(scenario, seed: best.seed, mustBeShorter: false)
    }

    private mutating func takeAwayBrokers() throws {
        guard best.scenario.cluster.brokers > 1 else { return }
        var scenario = best.replayScenario
        scenario.cluster.brokers = 1
        scenario.cluster.replicationFactor = 1
        scenario.cluster.minInsyncReplicas = 1
        _ = try attempt(scenario, seed: best.seed, mustBeShorter: false)
    }

    /// Takes one variant after the other of the system that is simpler, as long as there is one that fails.
    private mutating func simplifySystem() throws {
        var tried = 0
        while canTry, case let variants = best.scenario.system.simplifications, tried < variants.count {
            var scenario = best.replayScenario
            scenario.system = variants[tried]
            // What was simplified is no variant any more: the next one has its place.
            if try !attempt(scenario, seed: best.seed, mustBeShorter: false) { tried += 1 }
        }
    }

    /// The world is healed as soon as the last fault has struck and ended, instead of when the scenario says so.
    private mutating func endFaultsEarlier() throws {
        let ends = best.faults.compactMap { action in
            action.moment.map { ($0 - Instant.zero) + (action.length ?? .zero) }
        }
        let needed = Duration.seconds((ends.max() ?? Duration.zero).nanoseconds / 1_000_000_000 + 1)
        guard needed < best.scenario.rates.until, needed > best.scenario.rates.from else { return }
        var scenario = best.replayScenario
        scenario.rates.until = needed
        _ = try attempt(scenario, seed: best.seed, mustBeShorter: false)
    }
}

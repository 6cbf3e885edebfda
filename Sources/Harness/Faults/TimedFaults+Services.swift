import Simulation

/// Timed faults of links, of brokers that are stopped, and of what surrounds service instances.
extension FaultRates {
    /// One machine, drawn, is far away from another, from the brokers, or from everything; and brokers stop.
    func drawSlowLinks(_ draws: Draws, _ cast: FaultCast) -> [FaultAction] {
        var actions: [FaultAction] = []
        let machines = cast.instances + (1...cast.brokers).map { "broker \($0)" }
        for (number, at) in arrivals(slowLinkRate, draws, .slowLink) {
            let far = machines[draws.index(below: machines.count, .slowLinkChoice, number)]
            var others = machines.filter { $0 != far }
            if draws.chance(0.5, .slowLinkShape, number) { others = others.filter { $0.hasPrefix("broker ") } }
            let delay = draws.duration(in: slowLinkDelay, .slowLinkDelay, number)
            let length = draws.duration(in: slowLinkTime, .slowLinkTime, number)
            let isOneWay = draws.chance(0.25, .slowLinkDirection, number)
            actions.append(.slowLink(from: [far], to: others, by: delay, at: at, for: length, oneWay: isOneWay))
        }
        for (number, at) in arrivals(brokerPauseRate, draws, .brokerPause) {
            let broker = 1 + draws.index(below: cast.brokers, .brokerPauseChoice, number)
            let length = draws.duration(in: brokerPauseTime, .brokerPauseTime, number)
            actions.append(.pauseBroker(broker, at: at, for: length))
        }
        return actions
    }

    func drawServiceFaults(_ draws: Draws, _ cast: FaultCast) -> [FaultAction] {
        var actions: [FaultAction] = []
        for (number, at) in arrivals(scalingRate, draws, .scaling) {
            let service = cast.services[draws.index(below: cast.services.count, .scalingChoice, number)]
            let usual = cast.instances.count { $0.hasPrefix(service + "/") }
            let count = draws.index(below: usual + 3, .scalingCount, number)
            let length = draws.duration(in: scalingTime, .scalingTime, number)
            actions.append(.scale(service: service, to: count, at: at, for: length))
        }
        for (number, at) in arrivals(clockSkewRate, draws, .clockSkew) {
            let instance = cast.instances[draws.index(below: cast.instances.count, .clockSkewChoice, number)]
            let error = draws.duration(in: clockSkew, .clockSkewSize, number)
            let isBehind = draws.chance(0.5, .clockSkewDirection, number)
            let length = draws.duration(in: clockSkewTime, .clockSkewTime, number)
            actions.append(.skewClock(instance, by: isBehind ? .zero - error : error, at: at, for: length))
        }
        for (number, at) in arrivals(fullDiskRate, draws, .fullDisk) {
            let service = cast.services[draws.index(below: cast.services.count, .fullDiskChoice, number)]
            actions.append(
                .fullDisk(service: service, at: at, for: draws.duration(in: fullDiskTime, .fullDiskTime, number)))
        }
        return actions
    }
}

extension Purpose {
    fileprivate static let slowLink = Purpose("fault.slow-link")
    fileprivate static let slowLinkChoice = Purpose("fault.slow-link-choice")
    fileprivate static let slowLinkShape = Purpose("fault.slow-link-shape")
    fileprivate static let slowLinkDelay = Purpose("fault.slow-link-delay")
    fileprivate static let slowLinkTime = Purpose("fault.slow-link-time")
    fileprivate static let slowLinkDirection = Purpose("fault.slow-link-direction")
    fileprivate static let brokerPause = Purpose("fault.broker-pause")
    fileprivate static let brokerPauseChoice = Purpose("fault.broker-pause-choice")
    fileprivate static let brokerPauseTime = Purpose("fault.broker-pause-time")
    fileprivate static let scaling = Purpose("fault.scaling")
    fileprivate static let scalingChoice = Purpose("fault.scaling-choice")
    fileprivate static let scalingCount = Purpose("fault.scaling-count")
    fileprivate static let scalingTime = Purpose("fault.scaling-time")
    fileprivate static let clockSkew = Purpose("fault.clock-skew")
    fileprivate static let clockSkewChoice = Purpose("fault.clock-skew-choice")
    fileprivate static let clockSkewSize = Purpose("fault.clock-skew-size")
    fileprivate static let clockSkewDirection = Purpose("fault.clock-skew-direction")
    fileprivate static let clockSkewTime = Purpose("fault.clock-skew-time")
    fileprivate static let fullDisk = Purpose("fault.full-disk")
    fileprivate static let fullDiskChoice = Purpose("fault.full-disk-choice")
    fileprivate static let fullDiskTime = Purpose("fault.full-disk-time")
}

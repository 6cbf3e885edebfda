import Simulation

/// The n-th message of a directed link, from 0: a message's name that stays the same when other links change.
public struct MessageIdentity: Hashable, Sendable {
    public var from: NodeID
    public var to: NodeID
    public var number: UInt32

    public init(from: NodeID, to: NodeID, number: UInt32) {
        self.from = from
        self.to = to
        self.number = number
    }
}

/// What becomes of a message.
public enum MessageFate: Hashable, Sendable {
    /// It arrives, later than it would have.
    case deliver(extra: Duration)
    /// Its connection is reset: the message is lost, and what is in flight on the connection fails.
    case lose
    /// It arrives twice, one right behind the other. Only requests of clients do: see `Network.transmit`.
    case duplicate
}

/// How the network treats messages; the rates are per message.
public struct NetworkConditions: Sendable {
    /// One way, uniform.
    public var latency: ClosedRange<Duration>
    public var requestLoss: Double
    public var responseLoss: Double
    /// Requests of clients that arrive twice.
    public var requestDuplication = 0.0
    public var spike: Double
    public var spikeDelay: ClosedRange<Duration>

    public init(
        latency: ClosedRange<Duration> = .microseconds(200)...(.microseconds(800)), requestLoss: Double = 0,
        responseLoss: Double = 0, spike: Double = 0,
        spikeDelay: ClosedRange<Duration> = .milliseconds(20)...(.milliseconds(200))
    ) {
        self.latency = latency
        self.requestLoss = requestLoss
        self.responseLoss = responseLoss
        self.spike = spike
        self.spikeDelay = spikeDelay
    }
}

/// Links between machines: latency, loss, spikes, slowness and one-way blocks. Messages of one directed link arrive in the order
/// in which they were sent, as TCP delivers them.
public struct Network: Sendable {
    public var conditions: NetworkConditions
    /// What is to become of which message, whatever the rates say.
    public var plannedFates: [MessageIdentity: MessageFate] = [:]
    /// What struck, by a rate or by the plan. Whoever reads it, empties it.
    public var firedFates: [(at: Instant, message: MessageIdentity, fate: MessageFate)] = []

    private struct Link {
        var sent: UInt32 = 0
        var isBlocked = false
        /// How much longer than usual everything takes.
        var slowdown = Duration.zero
        var lastArrival = Instant.zero
    }

    private let draws: Draws
    private var names: [String] = []
    /// A square of `stride` × `stride` links, row by sender.
    private var links: ContiguousArray<Link> = []
    private var stride = 0

    private static let latencyPurpose = Purpose("network latency")
    private static let duplicationPurpose = Purpose("network duplication")
    private static let lossPurpose = Purpose("network loss")
    private static let spikePurpose = Purpose("network spike")
    private static let spikeDelayPurpose = Purpose("network spike delay")
    private static let detectionPurpose = Purpose("network reset detection")

    public init(conditions: NetworkConditions, draws: Draws) {
        self.conditions = conditions
        self.draws = draws
    }

    /// Adds a machine.
    public mutating func addNode(_ name: String) -> NodeID {
        if names.count == stride { grow() }
        names.append(name)
        return NodeID(rawValue: Int32(names.count - 1))
    }

    /// The name that a machine was added under.
    public func name(of node: NodeID) -> String { names[Int(node.rawValue)] }

    /// How many machines there are.
    public var nodeCount: Int { names.count }

    /// How many messages were sent in a direction: the number of the next one.
    public func sentCount(from: NodeID, to: NodeID) -> UInt32 { links[index(from, to)].sent }

    /// From now on, messages of this direction vanish without a sign.
    public mutating func block(from: NodeID, to: NodeID) { links[index(from, to)].isBlocked = true }

    /// Lets messages through again in one direction.
    public mutating func unblock(from: NodeID, to: NodeID) { links[index(from, to)].isBlocked = false }

    /// Lets everything through again.
    public mutating func unblockAll() {
        for index in links.indices { links[index].isBlocked = false }
    }

    /// Whether messages vanish in this direction.
    public func isBlocked(from: NodeID, to: NodeID) -> Bool { links[index(from, to)].isBlocked }

    /// From now on, every message of this direction takes so much longer than it would have.
    public mutating func slow(from: NodeID, to: NodeID, by delay: Duration) { links[index(from, to)].slowdown = delay }

    /// How much longer than usual messages of this direction take.
    public func slowdown(from: NodeID, to: NodeID) -> Duration { links[index(from, to)].slowdown }

    /// Everything is as fast again as it was.
    public mutating func unslowAll() {
        for index in links.indices { links[index].slowdown = .zero }
    }

    /// For traffic that is not the cluster's: when a message sent now arrives, nil when it is lost or blocked.
    public mutating func send(from: NodeID, to: NodeID, at now: Instant) -> Instant? {
        switch transmit(from: from, to: to, at: now, isResponse: false) {
        case .arrives(let moment), .arrivesTwice(let moment): moment
        case .lost, .vanished: nil
        }
    }

    /// The same for a request, which may arrive twice: when, and how often.
    public mutating func sendRequest(from: NodeID, to: NodeID, at now: Instant) -> (at: Instant, copies: Int)? {
        switch transmit(from: from, to: to, at: now, isResponse: false, mayArriveTwice: true) {
        case .arrives(let moment): (moment, 1)
        case .arrivesTwice(let moment): (moment, 2)
        case .lost, .vanished: nil
        }
    }

    enum Transmission {
        case arrives(Instant)
        case arrivesTwice(Instant)
        /// The connection was reset; the ends notice after `detection`.
        case lost(detection: Duration)
        /// Blocked: nobody notices.
        case vanished
    }

    /// A message within one machine takes this long and is never lost.
    private static let loopback = Duration.microseconds(10)

    /// Sends a message.
    ///
    /// What may arrive twice is a client's request. In Kafka, that is what its own retries do when an answer is lost, and what
    /// a proxy does; brokers among themselves have no such thing, and the copy comes before whatever is sent next, as
    /// TCP has it: a protocol that relies on the order of a connection is not put to a test that nothing passes.
    mutating func transmit(
        from: NodeID, to: NodeID, at moment: Instant, isResponse: Bool, mayArriveTwice: Bool = false
    ) -> Transmission {
        let index = index(from, to)
        let number = links[index].sent
        links[index].sent += 1
        if links[index].isBlocked { return .vanished }
        if from == to { return .arrives(inOrder(index, moment + Self.loopback)) }
        let link = UInt64(UInt32(bitPattern: from.rawValue)) << 32 | UInt64(UInt32(bitPattern: to.rawValue))
        var delay = draws.duration(in: conditions.latency, Self.latencyPurpose, link, UInt64(number))
        delay = delay + links[index].slowdown
        let message = MessageIdentity(from: from, to: to, number: number)
        switch fate(of: message, link, isResponse: isResponse, mayArriveTwice: mayArriveTwice, at: moment) {
        case .duplicate:
            return .arrivesTwice(inOrder(index, moment + delay))
        case .lose:
            let range = Duration.milliseconds(1)...(.milliseconds(50))
            return .lost(detection: draws.duration(in: range, Self.detectionPurpose, link, UInt64(number)))
        case .deliver(let extra):
            delay = delay + extra
        }
        return .arrives(inOrder(index, moment + delay))
    }

    /// How long it takes one end to hear that the other is gone.
    func resetDetection(from: NodeID, to: NodeID) -> Duration {
        let link = UInt64(UInt32(bitPattern: from.rawValue)) << 32 | UInt64(UInt32(bitPattern: to.rawValue))
        return draws.duration(
            in: conditions.latency, Self.detectionPurpose, link, UInt64(links[index(from, to)].sent), 1)
    }

    /// The plan first, then the rates; whatever strikes is written down.
    private mutating func fate(
        of message: MessageIdentity, _ link: UInt64, isResponse: Bool, mayArriveTwice: Bool, at moment: Instant
    ) -> MessageFate {
        var fate = MessageFate.deliver(extra: .zero)
        if !plannedFates.isEmpty, let planned = plannedFates[message] {
            if planned == .duplicate, !mayArriveTwice { return fate }
            fate = planned
        } else {
            let number = UInt64(message.number)
            let loss = isResponse ? conditions.responseLoss : conditions.requestLoss
            if draws.chance(loss, Self.lossPurpose, link, number) {
                fate = .lose
            } else if draws.chance(conditions.spike, Self.spikePurpose, link, number) {
                fate = .deliver(extra: draws.duration(in: conditions.spikeDelay, Self.spikeDelayPurpose, link, number))
            } else if mayArriveTwice, draws.chance(conditions.requestDuplication, Self.duplicationPurpose, link, number)
            {
                fate = .duplicate
            } else {
                return fate
            }
        }
        firedFates.append((moment, message, fate))
        return fate
    }

    private mutating func inOrder(_ link: Int, _ arrival: Instant) -> Instant {
        let arrival = max(arrival, links[link].lastArrival)
        links[link].lastArrival = arrival
        return arrival
    }

    private func index(_ from: NodeID, _ to: NodeID) -> Int { Int(from.rawValue) * stride + Int(to.rawValue) }

    private mutating func grow() {
        let old = stride
        stride = max(8, stride * 2)
        var grown = ContiguousArray(repeating: Link(), count: stride * stride)
        for from in 0..<old {
            for to in 0..<old { grown[from * stride + to] = links[from * old + to] }
        }
        links = grown
    }
}

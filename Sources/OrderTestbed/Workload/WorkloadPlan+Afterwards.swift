import Orders
import Services
import Simulation

/// What customers do when they know that their order was placed. What the blueprint does not offer, nobody does.
extension WorkloadPlan {
    /// The statuses that are set by hand, one after the other.
    static let updates: [OrderStatus] = [.confirmed, .shipped, .delivered]

    /// How long it takes from an answer to whatever comes next, where nothing else is said.
    private static let pause = Duration.zero...Duration.seconds(2)
    /// From one look at an order to the next.
    private static let glance = Duration.milliseconds(50)...Duration.milliseconds(1_500)

    private func does(_ conversation: Conversation, _ share: Double, _ purpose: Purpose, _ order: Int) -> Bool {
        storefront.offers(conversation) && draws.chance(share, purpose, UInt64(order))
    }

    /// From the acknowledgement of an order to its cancellation.
    func cancellation(of order: Int) -> Duration? {
        guard does(.cancel, options.cancellations, .cancellation, order) else { return nil }
        return changeOfMind(.cancellation, order)
    }

    /// From the answer to a cancellation to another of the same order.
    func secondCancellation(of order: Int) -> Duration? {
        guard does(.cancelAgain, options.doubleCancels, .secondCancellation, order) else { return nil }
        return draws.duration(in: Self.pause, .secondCancellation, UInt64(order), 1)
    }

    /// Which pieces are not wanted any more, and how long after the acknowledgement.
    func lineCancellation(of order: Int) -> (sku: Identifier, quantity: Int32, after: Duration)? {
        guard does(.cancelLine, options.lineCancellations, .lineCancellation, order) else { return nil }
        let basket = basket(of: order)
        let line = basket[draws.index(below: basket.count, .lineCancellation, UInt64(order), 3)]
        let quantity = 1 + draws.index(below: Int(line.quantity), .lineCancellation, UInt64(order), 4)
        return (line.sku, Int32(quantity), changeOfMind(.lineCancellation, order))
    }

    /// First an octave, then a moment in it: uniform on a logarithmic scale, near enough, without a logarithm.
    private func changeOfMind(_ purpose: Purpose, _ order: Int) -> Duration {
        let least = max(1, options.cancellationDelay.lowerBound.nanoseconds)
        let most = max(least, options.cancellationDelay.upperBound.nanoseconds)
        let octaves = 64 - (most / least).leadingZeroBitCount
        let octave = draws.index(below: octaves, purpose, UInt64(order), 1)
        let low = least << Int64(octave)
        let range = Duration(nanoseconds: low)...Duration(nanoseconds: min(most, low * 2 - 1))
        return draws.duration(in: range, purpose, UInt64(order), 2)
    }

    /// From the acknowledgement of an order, or the answer to a look, to the next look; nil when nobody looks again.
    func look(at order: Int, round: Int) -> Duration? {
        guard does(.look, options.looks, .look, order),
            round <= draws.index(below: 10, .look, UInt64(order), 1)
        else { return nil }
        return draws.duration(in: Self.glance, .look, UInt64(order), UInt64(2 + round))
    }

    /// Whether the customer waits for the parcel to send it back.
    func wantsReturn(of order: Int) -> Bool { does(.giveBack, options.returns, .giveBack, order) }

    /// From the news that the parcel has arrived to the wish to send it back.
    func thinking(about order: Int) -> Duration {
        draws.duration(in: Self.pause, .giveBack, UInt64(order), 1)
    }

    /// From the acknowledgement of an order, or of the update before, to an update of its status.
    func update(of order: Int, round: Int) -> Duration? {
        guard round < Self.updates.count, does(.update, options.statusUpdates, .update, order) else { return nil }
        return draws.duration(in: .zero ... .milliseconds(200), .update, UInt64(order), UInt64(1 + round))
    }
}

extension Purpose {
    fileprivate static let cancellation = Purpose("workload.cancellation")
    fileprivate static let secondCancellation = Purpose("workload.second-cancellation")
    fileprivate static let lineCancellation = Purpose("workload.line-cancellation")
    fileprivate static let look = Purpose("workload.look")
    fileprivate static let giveBack = Purpose("workload.return")
    fileprivate static let update = Purpose("workload.update")
}

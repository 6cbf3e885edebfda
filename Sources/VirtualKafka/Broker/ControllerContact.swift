/// How a broker finds the active controller, and notices that it is another one now.
///
/// A hint is believed once: only if it is about a later controller than the last one known. Otherwise two brokers, or
/// one and its own old metadata, could send each other to a controller that is dead, for ever.
struct ControllerContact: Sendable {
    /// -1 while it is looked for.
    private(set) var known: Int32 = -1
    /// Of the last controller that was known.
    private var epoch: Int32 = -1
    /// Whom the last heartbeat went to.
    private var lastAsked: Int
    private var awaitsAnswer = false

    init(of broker: Int) { lastAsked = broker }

    /// Whom the next heartbeat goes to: without a known controller to one broker after the other.
    mutating func next(among brokers: Int) -> Int {
        // Where a blocked link swallows the heartbeats, no connection fails.
        if awaitsAnswer { known = -1 }
        awaitsAnswer = true
        lastAsked = known >= 0 ? Int(known) : (lastAsked + 1) % brokers
        return lastAsked
    }

    /// This broker answered as the controller.
    mutating func answered(by broker: Int, epoch: Int32) {
        known = Int32(broker)
        self.epoch = max(self.epoch, epoch)
        awaitsAnswer = false
    }

    /// Metadata says who the controller is.
    mutating func learn(_ controller: Int32, epoch: Int32) {
        guard epoch > self.epoch else { return }
        known = controller
        self.epoch = epoch
        awaitsAnswer = false
    }

    /// This broker is not the controller, and says whom it takes for it.
    mutating func denied(by broker: Int, hint: Int32, epoch: Int32) {
        awaitsAnswer = false
        lose(broker)
        if Int(hint) != broker { learn(hint, epoch: epoch) }
    }

    /// This broker cannot be reached.
    mutating func lose(_ broker: Int) {
        if Int(known) == broker { known = -1 }
    }
}

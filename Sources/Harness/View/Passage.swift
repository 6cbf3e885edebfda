import Kafka
import Services
import Simulation

/// Something that passed between two machines, or an instance and its store, and that no history tells: checkers judge
/// outcomes, people want to see the way there.
public struct Passage: Sendable {
    public var at: Instant
    public var event: Event

    /// What can pass. Instances are named: `payment/1`.
    public enum Event: Sendable {
        case requestArrived(request: UInt64, at: String)
        /// The instance's answer begins its way back.
        case answerSent(request: UInt64, by: String)
        /// A record was handed to a producer; `stranger` is the harness's own.
        case recordSent(by: String, TopicID, Record)
        /// Records were handed to an instance by its consumer.
        case recordsFetched(by: String, TopicPartition, offsets: [Int64])
        /// A store transaction with these things in it began.
        case transactionBegan(by: String, number: UInt64, contents: String)
        /// The moment at which it took effect, or failed to; `records` are those in it.
        case transactionEnded(by: String, fate: StoreFate?, records: [(partition: TopicPartition, offset: Int64)])
        case called(by: String, ProviderCall)
        case callArrived(by: String, ProviderCall)
        /// The provider's answer begins its way back; nil says "not now".
        case callAnswered(call: UniqueID, attempt: Int, [UInt8]?)
        case callAnswerArrived(at: String, call: UniqueID, attempt: Int)
    }
}

/// Watching traffic: off, unless somebody asks, and of no influence on the run.
extension World {
    /// From now on, what passes is written down for `takePassages`.
    public mutating func watchTraffic() {
        if passages == nil { passages = [] }
    }

    /// What has passed since the last time; empty unless somebody watches.
    public mutating func takePassages() -> [Passage] {
        guard let taken = passages, !taken.isEmpty else { return [] }
        passages = []
        return taken
    }

    /// Writes down what passes, if somebody watches: nothing is made of it otherwise.
    @inline(__always)
    mutating func pass(_ event: (World) -> Passage.Event) {
        guard passages != nil else { return }
        let passage = Passage(at: now, event: event(self))
        passages?.append(passage)
    }
}

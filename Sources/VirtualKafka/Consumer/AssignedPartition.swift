import Kafka
import Simulation

/// A partition that a consumer reads.
struct AssignedPartition: Sendable {
    enum Phase: Sendable {
        /// Its committed offset is not known yet.
        case needsCommitted
        /// There is none, or it is out of range: the log is asked where it begins or ends.
        case needsReset
        case ready
        /// Without a position (`auto.offset.reset` is *error*): it waits for a seek.
        case stopped
    }

    var partition: Int32
    var phase = Phase.needsCommitted
    var isPaused = false
    /// The application has been asked to give it up, while it keeps others.
    var isLeaving = false
    /// The next offset to read.
    var position: Int64 = -1
    /// Where `needsReset` leads.
    var resetQuery = OffsetQuery.latest
    /// After an error it is not fetched before that.
    var retryAt = Instant.zero
    /// The next offset after what the application was given: what a commit without offsets commits; -1 without one.
    var stored: Int64 = -1
    /// The last offset whose commit was asked for, -1 for none.
    var asked: Int64 = -1
    /// What the group has committed, as far as this consumer knows.
    var committed: Int64 = -1
    /// The offset at which the application was told last that there is no more.
    var reportedEnd: Int64 = -1
    /// Records that wait in the client for the application to poll.
    var queuedRecords = 0
    var queuedBytes = 0
}

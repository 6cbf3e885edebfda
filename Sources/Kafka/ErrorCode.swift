/// The protocol's error codes (Kafka protocol guide, *Error Codes*) and, below zero, those that librdkafka adds for
/// what happens inside the client (`rd_kafka_resp_err_t`).
public enum ErrorCode: Int16, Error, Sendable, Codable {
    case unknownServerError = -1
    case none = 0
    case offsetOutOfRange = 1
    case corruptMessage = 2
    case unknownTopicOrPartition = 3
    case leaderNotAvailable = 5
    case notLeaderOrFollower = 6
    case requestTimedOut = 7
    case brokerNotAvailable = 8
    case replicaNotAvailable = 9
    case messageTooLarge = 10
    case networkException = 13
    case coordinatorLoadInProgress = 14
    case coordinatorNotAvailable = 15
    case notCoordinator = 16
    case invalidTopic = 17
    case recordListTooLarge = 18
    case notEnoughReplicas = 19
    case notEnoughReplicasAfterAppend = 20
    case invalidRequiredAcks = 21
    case illegalGeneration = 22
    case inconsistentGroupProtocol = 23
    case invalidGroupID = 24
    case unknownMemberID = 25
    case invalidSessionTimeout = 26
    case rebalanceInProgress = 27
    case topicAlreadyExists = 36
    case invalidPartitions = 37
    case invalidReplicationFactor = 38
    case invalidConfig = 40
    case notController = 41
    case invalidRequest = 42
    case policyViolation = 44
    case outOfOrderSequenceNumber = 45
    case duplicateSequenceNumber = 46
    case invalidProducerEpoch = 47
    case invalidTransactionState = 48
    case invalidProducerIDMapping = 49
    case invalidTransactionTimeout = 50
    case concurrentTransactions = 51
    case transactionCoordinatorFenced = 52
    case unknownProducerID = 59
    case groupIDNotFound = 69
    case fencedLeaderEpoch = 74
    case unknownLeaderEpoch = 75
    case staleBrokerEpoch = 77
    case memberIDRequired = 79
    case preferredLeaderNotAvailable = 80
    case groupMaxSizeReached = 81
    case fencedInstanceID = 82
    case eligibleLeadersNotAvailable = 83
    case electionNotNeeded = 84
    case unstableOffsetCommit = 88
    case producerFenced = 90

    /// librdkafka: the connection broke.
    case transport = -195
    /// librdkafka: the message was not delivered within `delivery.timeout.ms`.
    case messageTimedOut = -192
    /// librdkafka: the topic has no partition of that number.
    case unknownPartition = -190
    /// librdkafka: there is no such topic.
    case unknownTopic = -188
    /// librdkafka: a request got no answer in time.
    case timedOut = -185
    /// librdkafka: the end of a partition was reached; not an error.
    case endOfPartition = -191
    /// librdkafka: the client has no group.
    case unknownGroup = -179
    /// librdkafka: there is no offset to commit.
    case noOffset = -168
    /// librdkafka: not in this state.
    case erroneousState = -172
    /// librdkafka: the application did not poll for longer than `max.poll.interval.ms`.
    case maxPollExceeded = -147
    /// librdkafka: no offset to begin with, and `auto.offset.reset` is *error*.
    case autoOffsetReset = -140
    /// librdkafka: a call that makes no sense.
    case invalidArgument = -186
    /// librdkafka: the client has been closed.
    case destroyed = -197
    /// librdkafka: the producer's queue is full.
    case queueFull = -184
    /// librdkafka: partitions were lost, not revoked.
    case assignmentLost = -142
    /// librdkafka: dropped before it was sent, by a purge or because its transaction was aborted.
    case purgedInQueue = -152
    /// librdkafka: dropped after it was sent: nobody knows whether it was delivered.
    case purgedInFlight = -151
    /// librdkafka: a message failed, and `enable.gapless.guarantee` forbids to go on without it.
    case gaplessGuarantee = -148
    /// librdkafka: the client is not configured for this.
    case notConfigured = -145
    /// librdkafka: another producer has taken the `transactional.id`.
    case fenced = -144
    /// librdkafka: another call has not ended yet.
    case conflict = -173
    /// librdkafka: the same call has not ended yet.
    case previousInProgress = -177
    /// librdkafka: the client is closing or was fenced.
    case fatal = -150

    /// Whether the same request may succeed later, perhaps at another broker (protocol guide, column *Retriable*).
    public var isRetriable: Bool {
        switch self {
        case .corruptMessage, .unknownTopicOrPartition, .leaderNotAvailable, .notLeaderOrFollower, .requestTimedOut,
            .replicaNotAvailable, .networkException, .coordinatorLoadInProgress, .coordinatorNotAvailable,
            .notCoordinator, .concurrentTransactions, .unstableOffsetCommit, .notEnoughReplicas,
            .notEnoughReplicasAfterAppend, .notController, .fencedLeaderEpoch,
            .unknownLeaderEpoch, .transport, .timedOut, .brokerNotAvailable:
            true
        default:
            false
        }
    }
}

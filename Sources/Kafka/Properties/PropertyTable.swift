/// The client properties that both the virtual clients and librdkafka understand: names, ranges and defaults are those
/// of librdkafka 2.x (`CONFIGURATION.md`).
public enum PropertyTable {
    public static let all: [PropertyDefinition] = common + producer + consumer + realClusters

    /// The row of a name or alias.
    public static func definition(of name: String) -> PropertyDefinition? { index(of: name).map { all[$0] } }

    static func index(of name: String) -> Int? {
        all.firstIndex { $0.name == name || $0.aliases.contains(name) }
    }

    private static let day: Int64 = 86_400_000

    private static let common: [PropertyDefinition] = [
        .init("client.id", .both, .text(default: "rdkafka"), "How the client introduces itself to brokers."),
        .init(
            "message.max.bytes", .both, .integer(1_000...1_000_000_000, default: 1_000_000),
            "The largest request that a producer sends."),
        .init(
            "max.in.flight.requests.per.connection", aliases: ["max.in.flight"], .both,
            .integer(1...1_000_000, default: 1_000_000),
            "How many requests wait for an answer on one connection; at most 5 with idempotence."),
        .init(
            "topic.metadata.refresh.interval.ms", .both, .integer(-1...3_600_000, default: 300_000),
            "How often metadata is refreshed even without errors; -1 never."),
        .init(
            "topic.metadata.propagation.max.ms", .both, .integer(0...3_600_000, default: 30_000),
            "How long a new topic may be missing in metadata before it counts as not existing."),
        .init(
            "socket.timeout.ms", .both, .integer(10...300_000, default: 60_000),
            "How long a request may stay without an answer before its connection is given up."),
        .init(
            "reconnect.backoff.ms", .both, .integer(0...3_600_000, default: 100),
            "The first pause before a closed connection is opened again; doubled at each failure, -25 % to +50 %."),
        .init(
            "reconnect.backoff.max.ms", .both, .integer(0...3_600_000, default: 10_000),
            "The longest pause before a closed connection is opened again."),
        .init(
            "retry.backoff.ms", .both, .integer(1...300_000, default: 100),
            "The pause before a failed request is sent again."),
    ]

    private static let producer: [PropertyDefinition] = [
        .init(
            "transactional.id", .producer, .text(default: ""),
            "Names a transactional producer across its restarts; empty for none."),
        .init(
            "transaction.timeout.ms", .producer, .integer(1_000...2_147_483_647, default: 60_000),
            "How long a transaction may take before its coordinator aborts it."),
        .init(
            "enable.idempotence", .producer, .boolean(default: false),
            "Every message exactly once and in order per partition, whatever is sent again."),
        .init(
            "enable.gapless.guarantee", .producer, .boolean(default: false),
            "An idempotent producer that cannot deliver a message produces no more, unless the message was too old."),
        .init(
            "queue.buffering.max.messages", .producer, .integer(0...2_147_483_647, default: 100_000),
            "How many messages wait in the producer; 0 for no limit."),
        .init(
            "linger.ms", aliases: ["queue.buffering.max.ms"], .producer, .integer(0...900_000, default: 5),
            "How long a message waits for others to fill its batch."),
        .init(
            "message.send.max.retries", aliases: ["retries"], .producer,
            .integer(0...2_147_483_647, default: 2_147_483_647), "How often a failed message is sent again."),
        .init(
            "compression.type", aliases: ["compression.codec"], .producer,
            .choice(["none", "gzip", "snappy", "lz4", "zstd"], default: "none"), "How batches are compressed."),
        .init(
            "batch.num.messages", .producer, .integer(1...1_000_000, default: 10_000),
            "The most messages in a batch."),
        .init(
            "batch.size", .producer, .integer(1...2_147_483_647, default: 1_000_000), "The most bytes in a batch."),
        .init(
            "request.required.acks", aliases: ["acks"], .producer, .choice(["-1", "all", "0", "1"], default: "-1"),
            "Who must have a message before it counts as delivered: nobody (0), the leader (1), all in-sync replicas "
                + "(all or -1)."),
        .init(
            "request.timeout.ms", .producer, .integer(1...900_000, default: 30_000),
            "How long the leader waits for the in-sync replicas."),
        .init(
            "message.timeout.ms", aliases: ["delivery.timeout.ms"], .producer,
            .integer(0...2_147_483_647, default: 300_000),
            "How long a message may take to be delivered, retries included; 0 for ever."),
        .init(
            "partitioner", .producer, .choice(Partitioner.allCases.map(\.rawValue), default: "consistent_random"),
            "How the partition of a message is chosen."),
    ]

    private static let consumer: [PropertyDefinition] = [
        .init("group.id", .consumer, .text(default: ""), "The consumer group."),
        .init(
            "group.instance.id", .consumer, .text(default: ""),
            "Names a static member of the group across its restarts; empty for none."),
        .init(
            "partition.assignment.strategy", .consumer,
            .text(default: "range,roundrobin"),
            "How the group's leader distributes partitions: range, roundrobin or cooperative-sticky, in order of "
                + "preference."),
        .init(
            "session.timeout.ms", .consumer, .integer(1...3_600_000, default: 45_000),
            "Without a heartbeat for so long, a member is put out of its group."),
        .init(
            "heartbeat.interval.ms", .consumer, .integer(1...3_600_000, default: 3_000), "Time between heartbeats."),
        .init(
            "max.poll.interval.ms", .consumer, .integer(1...day, default: 300_000),
            "The longest time between two polls before the member counts as stuck; bounds a rebalance, too."),
        .init(
            "enable.auto.commit", .consumer, .boolean(default: true),
            "Commit the offsets of what was handed over, in the background."),
        .init(
            "auto.commit.interval.ms", .consumer, .integer(0...day, default: 5_000),
            "How often offsets are committed in the background; 0 never."),
        .init(
            "auto.offset.reset", .consumer,
            .choice(["smallest", "earliest", "beginning", "largest", "latest", "end", "error"], default: "largest"),
            "Where to begin without a committed offset, or when it is out of range."),
        .init(
            "allow.auto.create.topics", .consumer, .boolean(default: false),
            "Create topics that are subscribed to and do not exist, where brokers allow it."),
        .init(
            "isolation.level", .consumer, .choice(["read_uncommitted", "read_committed"], default: "read_committed"),
            "Whether messages of open and aborted transactions are seen."),
        .init(
            "queued.min.messages", .consumer, .integer(1...10_000_000, default: 100_000),
            "How many messages per partition are fetched ahead."),
        .init(
            "queued.max.messages.kbytes", .consumer, .integer(1...2_097_151, default: 65_536),
            "How many kilobytes of a partition are fetched ahead."),
        .init(
            "enable.auto.offset.store", .consumer, .boolean(default: true),
            "Remember what was handed over as what is to be committed; otherwise the application says it."),
        .init(
            "enable.partition.eof", .consumer, .boolean(default: false),
            "Tell the application when it has reached the end of a partition."),
        .init(
            "fetch.wait.max.ms", .consumer, .integer(0...300_000, default: 500),
            "How long the broker waits for `fetch.min.bytes`."),
        .init(
            "fetch.min.bytes", .consumer, .integer(1...100_000_000, default: 1),
            "How many bytes the broker waits for before it answers."),
        .init(
            "fetch.max.bytes", .consumer, .integer(0...2_147_483_135, default: 52_428_800),
            "The most bytes in an answer to a fetch."),
        .init(
            "max.partition.fetch.bytes", aliases: ["fetch.message.max.bytes"], .consumer,
            .integer(1...1_000_000_000, default: 1_048_576), "The most bytes of one partition in an answer."),
    ]
}

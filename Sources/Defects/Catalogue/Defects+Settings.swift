import OrderTestbed

/// Settings of clients, brokers and the runtime, as people leave or make them.
extension Defect {
    static let settings: [Defect] = [
        Defect(
            "acks-of-one", .durability, "Producers wait for the leader alone.",
            in: .backbone, seenBy: ["no-acknowledged-record-lost", "no-lost-order", "acknowledged-means-durable"],
            settings: [("clients.acks", "1"), ("clients.enable.idempotence", "false")]),
        Defect(
            "unclean-election", .durability, "A replica that lags may lead, and one is enough.",
            in: .backbone, seenBy: ["no-acknowledged-record-lost", "no-lost-order", "acknowledged-means-durable"],
            settings: [("cluster.unclean-leader-election", "true"), ("cluster.min-insync-replicas", "1")]),
        Defect(
            "one-in-sync-replica", .durability, "A single replica that is in sync is enough to acknowledge.",
            in: .backbone, seenBy: ["no-acknowledged-record-lost", "no-lost-order", "acknowledged-means-durable"],
            settings: [("cluster.min-insync-replicas", "1")]),
        Defect(
            "offsets-before-processing", .offsets, "Consumers commit the offset of a record before it is processed.",
            in: .checkout, seenBy: ["no-lost-order", "offsets-never-pass-unprocessed", "compensation-complete"],
            settings: [("policies.offset-commit", "before-processing")]),
        Defect(
            "new-key-for-every-try", .idempotentCalls, "A call that is not answered is made again as a new one.",
            in: .checkout, seenBy: ["charged-at-most-once", "money-conserved"],
            settings: [("policies.provider-timeout", "retry")]),
        Defect(
            "expiry-gives-goods-away", .timeouts, "Goods that have waited for too long go back to the shelf at once.",
            in: .storefront, seenBy: ["reservations-end", "legal-transitions", "no-oversell"],
            settings: [("policies.reservation-expiry", "release")]),
        Defect(
            "deduplication-in-memory", .deduplication,
            "Processes remember for themselves which events they have handled.",
            in: .checkout,
            seenBy: ["charged-at-most-once", "stock-conserved", "shipped-at-most-once", "money-conserved"],
            settings: [("policies.deduplication", "memory")]),
        Defect(
            "no-second-try", .recovery, "A record whose handler fails once is given up.",
            in: .checkout, seenBy: ["no-lost-order", "nothing-valid-dead-lettered"],
            settings: [("policies.retry", "none")]),
    ]
}

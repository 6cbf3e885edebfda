/// Client properties under librdkafka's names, checked: the same list configures virtual and real clients.
public struct ClientProperties: Hashable, Sendable {
    /// What was set, by row of the table; nil where the default holds.
    private var settings: [String?]

    /// Every property at its default.
    public init() { settings = Array(repeating: nil, count: PropertyTable.all.count) }

    /// Checks names, types, ranges, and what must hold between properties. Of one property set twice, the last holds.
    public init(_ properties: [(name: String, value: String)]) throws(PropertyError) {
        self.init()
        for (name, value) in properties { try set(name, to: value) }
        try checkCombinations()
    }

    /// Checks one property by itself: its name, type and range.
    public static func check(_ name: String, _ value: String) throws(PropertyError) {
        var properties = ClientProperties()
        try properties.set(name, to: value)
    }

    /// As a list, in order of the names.
    public init(_ properties: [String: String]) throws(PropertyError) {
        try self.init(properties.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
    }

    /// These properties with others set on top.
    public func setting(_ properties: [(name: String, value: String)]) throws(PropertyError) -> ClientProperties {
        var copy = self
        for (name, value) in properties { try copy.set(name, to: value) }
        try copy.checkCombinations()
        return copy
    }

    /// What was set, under the table's names and in its order: what a real client is to be configured with.
    public var explicit: [(name: String, value: String)] {
        settings.enumerated().compactMap { index, value in value.map { (PropertyTable.all[index].name, $0) } }
    }

    private mutating func set(_ name: String, to value: String) throws(PropertyError) {
        guard let index = PropertyTable.index(of: name) else {
            throw .unknown(name: name, suggestion: Self.suggestion(for: name))
        }
        switch PropertyTable.all[index].kind {
        case .integer(let range, _):
            guard let number = Int64(value) else {
                throw .illTyped(name: name, value: value, expected: "a whole number")
            }
            guard range.contains(number) else {
                throw .outOfRange(name: name, value: value, expected: "\(range.lowerBound)...\(range.upperBound)")
            }
        case .boolean:
            guard value == "true" || value == "false" else {
                throw .illTyped(name: name, value: value, expected: "true or false")
            }
        case .choice(let choices, _):
            guard choices.contains(value) else {
                throw .illTyped(name: name, value: value, expected: "one of " + choices.joined(separator: ", "))
            }
        case .text:
            break
        }
        settings[index] = value
    }

    private static func suggestion(for name: String) -> String? {
        let names = PropertyTable.all.flatMap { [$0.name] + $0.aliases }
        let nearest = names.min { editDistance($0, name) < editDistance($1, name) }
        return nearest.flatMap { editDistance($0, name) <= max(3, name.utf8.count / 3) ? $0 : nil }
    }

    /// What librdkafka's `rd_kafka_conf_finalize` refuses.
    private func checkCombinations() throws(PropertyError) {
        try checkAssignmentStrategies()
        if boolean("enable.gapless.guarantee"), !isIdempotent {
            throw .conflict("enable.gapless.guarantee needs enable.idempotence: set it to true.")
        }
        if isIdempotent {
            if isSet("request.required.acks"), acks != .all {
                throw .conflict("enable.idempotence needs acks=all: remove acks, or set it to all.")
            }
            if isSet("max.in.flight.requests.per.connection"), integer("max.in.flight.requests.per.connection") > 5 {
                throw .conflict(
                    "enable.idempotence allows at most 5 requests in flight: lower max.in.flight.requests.per.connection."
                )
            }
            if isSet("message.send.max.retries"), integer("message.send.max.retries") < 1 {
                throw .conflict("enable.idempotence needs retries: set retries to at least 1.")
            }
        }
        if transactionalID != nil, isSet("message.timeout.ms"),
            integer("message.timeout.ms") == 0 || integer("message.timeout.ms") > integer("transaction.timeout.ms")
        {
            throw .conflict("message.timeout.ms must not be more than transaction.timeout.ms: raise the latter.")
        }
        if isSet("heartbeat.interval.ms") || isSet("session.timeout.ms"),
            integer("heartbeat.interval.ms") >= integer("session.timeout.ms")
        {
            throw .conflict(
                "heartbeat.interval.ms must be less than session.timeout.ms: a third of it is customary.")
        }
        if isSet("max.poll.interval.ms"), integer("max.poll.interval.ms") < integer("session.timeout.ms") {
            throw .conflict("max.poll.interval.ms must not be less than session.timeout.ms: raise it.")
        }
        if isSet("fetch.max.bytes"), integer("fetch.max.bytes") < integer("message.max.bytes") {
            throw .conflict("fetch.max.bytes must not be less than message.max.bytes: lower the latter, too.")
        }
        if integer("reconnect.backoff.max.ms") < integer("reconnect.backoff.ms") {
            throw .conflict("reconnect.backoff.max.ms must not be less than reconnect.backoff.ms: raise it.")
        }
    }
}

extension ClientProperties {
    /// Whether somebody set it.
    public func isSet(_ name: String) -> Bool { settings[index(of: name)] != nil }

    /// The value, or the default, as text.
    public func text(_ name: String) -> String {
        let index = index(of: name)
        return settings[index] ?? PropertyTable.all[index].defaultText
    }

    /// The value of an integer property.
    public func integer(_ name: String) -> Int64 {
        guard let value = Int64(text(name)) else { preconditionFailure("\(name) is not an integer property") }
        return value
    }

    /// The value of a boolean property.
    public func boolean(_ name: String) -> Bool { text(name) == "true" }

    private func index(of name: String) -> Int {
        guard let index = PropertyTable.index(of: name) else { preconditionFailure("there is no property \(name)") }
        return index
    }
}

extension ClientProperties {
    /// Who must have a message before it counts as delivered.
    public enum Acks: Int16, Sendable {
        case all = -1
        case none = 0
        case leader = 1
    }

    /// Where to begin without a committed offset.
    public enum OffsetReset: Sendable {
        case earliest
        case latest
        case error
    }

    /// How many replicas must have a record before it counts as delivered (`acks`).
    public var acks: Acks {
        switch text("request.required.acks") {
        case "0": .none
        case "1": .leader
        default: .all
        }
    }

    /// Transactions imply idempotence (KIP-98).
    public var isIdempotent: Bool { boolean("enable.idempotence") || transactionalID != nil }
    /// `transactional.id`, unless it is empty.
    public var transactionalID: String? { nonEmpty("transactional.id") }
    /// `group.id`, unless it is empty.
    public var groupID: String? { nonEmpty("group.id") }
    /// `group.instance.id`, unless it is empty (KIP-345).
    public var groupInstanceID: String? { nonEmpty("group.instance.id") }
    /// How a partition is chosen for a record.
    public var partitioner: Partitioner { Partitioner(rawValue: text("partitioner")) ?? .consistentRandom }

    /// With idempotence, five at most: the broker remembers a producer's last five batches of a partition.
    public var maxInFlight: Int {
        let value = Int(integer("max.in.flight.requests.per.connection"))
        return isIdempotent ? min(value, 5) : value
    }

    /// Where a consumer begins when its group has committed nothing (`auto.offset.reset`).
    public var offsetReset: OffsetReset {
        switch text("auto.offset.reset") {
        case "smallest", "earliest", "beginning": .earliest
        case "error": .error
        default: .latest
        }
    }

    /// What a consumer sees of transactions (`isolation.level`).
    public var isolation: IsolationLevel { IsolationLevel(rawValue: text("isolation.level")) ?? .readCommitted }

    private func nonEmpty(_ name: String) -> String? {
        let value = text(name)
        return value.isEmpty ? nil : value
    }
}

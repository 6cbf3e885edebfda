/// A record header: a name and bytes. Names may repeat. (KIP-82)
public struct Header: Hashable, Sendable, Codable {
    public var name: String
    public var value: [UInt8]

    public init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    public init(_ name: String, _ text: String) { self.init(name: name, value: Array(text.utf8)) }
}

/// A record as a producer hands it over: key, value, headers and the time at which it was created.
public struct Record: Hashable, Sendable, Codable {
    /// Decides the partition; without one, the partitioner chooses.
    public var key: [UInt8]?
    /// The payload; none is a tombstone.
    public var value: [UInt8]?
    public var headers: [Header]
    /// `CreateTime` in milliseconds since the epoch.
    public var timestampMilliseconds: Int64

    @inlinable
    public init(key: [UInt8]?, value: [UInt8]?, headers: [Header] = [], timestampMilliseconds: Int64 = 0) {
        self.key = key
        self.value = value
        self.headers = headers
        self.timestampMilliseconds = timestampMilliseconds
    }

    /// The first header of that name.
    public func header(_ name: String) -> [UInt8]? { headers.first { $0.name == name }?.value }

    /// Roughly what it takes in a batch, for `batch.size` and `max.bytes`.
    public var approximateSize: Int {
        var size = 24 + (key?.count ?? 0) + (value?.count ?? 0)
        for header in headers { size += 4 + header.name.utf8.count + header.value.count }
        return size
    }
}

/// A record as a consumer gets it: with its place in the log.
public struct ConsumerRecord: Hashable, Sendable, Codable {
    public var partition: TopicPartition
    public var offset: Int64
    public var record: Record

    @inlinable
    public init(partition: TopicPartition, offset: Int64, record: Record) {
        self.partition = partition
        self.offset = offset
        self.record = record
    }
}

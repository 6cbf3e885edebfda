import Foundation
import Kafka

/// What a client has counted (librdkafka's `STATISTICS.md`), as far as it is of use in metrics. Asked for with
/// `statistics.interval.ms`. Counters count from the client's beginning.
public struct ClientStatistics: Hashable, Sendable {
    /// A broker, as the client sees it.
    public struct Broker: Hashable, Sendable {
        /// -1 for an address that has not said yet which broker it is.
        public var id: Int32
        /// `localhost:9092/1`.
        public var name: String
        /// `UP`, `DOWN`, `CONNECT`, …
        public var state: String
        /// Requests that wait to be sent, and for an answer.
        public var waitingRequests: Int
        public var requestsInFlight: Int
        public var bytesSent: Int64
        public var bytesReceived: Int64
        /// Requests that failed, and those without an answer.
        public var sendErrors: Int64
        public var timeouts: Int64
        /// Of the last interval; nil without requests in it.
        public var roundTripP50: Duration?
        public var roundTripP99: Duration?
    }

    /// A partition, as the client sees it.
    public struct Partition: Hashable, Sendable {
        public var partition: NamedPartition
        public var leader: Int32?
        /// Messages that wait in the producer.
        public var waitingMessages: Int
        /// Messages that are fetched and not handed over yet, and their bytes.
        public var fetchedMessages: Int
        public var fetchedBytes: Int64
        /// What the group has committed, and where the log ends; nil when it is not known.
        public var committed: Int64?
        public var end: Int64?
        /// How far the consumer is behind; nil when it is not known.
        public var lag: Int64?
    }

    /// What the client is called.
    public var name: String
    public var requestsSent: Int64
    public var bytesSent: Int64
    public var bytesReceived: Int64
    public var messagesSent: Int64
    public var messageBytesSent: Int64
    public var messagesReceived: Int64
    public var messageBytesReceived: Int64
    /// What waits in the producer, and how much may.
    public var waitingMessages: Int
    public var waitingBytes: Int64
    public var messageLimit: Int
    /// Events that wait to be polled.
    public var waitingEvents: Int
    /// How often the group was rebalanced; nil without a group.
    public var rebalances: Int?
    /// In order of name, and of partition.
    public var brokers: [Broker]
    public var partitions: [Partition]

    /// Reads what librdkafka writes; nil for what is no statistics.
    init?(json: Data) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let report = try? decoder.decode(StatisticsReport.self, from: json) else { return nil }
        name = report.name
        requestsSent = report.tx
        bytesSent = report.txBytes
        bytesReceived = report.rxBytes
        messagesSent = report.txmsgs
        messageBytesSent = report.txmsgBytes
        messagesReceived = report.rxmsgs
        messageBytesReceived = report.rxmsgBytes
        waitingMessages = report.msgCnt
        waitingBytes = report.msgSize
        messageLimit = report.msgMax
        waitingEvents = report.replyq
        rebalances = report.cgrp?.rebalanceCnt
        brokers = report.brokers.values.map(Broker.init).sorted { $0.name < $1.name }
        partitions = report.topics.values.flatMap { topic in
            // librdkafka keeps what has no partition yet under -1.
            topic.partitions.values.filter { $0.partition >= 0 }.map { Partition(topic.topic, $0) }
        }.sorted { $0.partition < $1.partition }
    }
}

extension ClientStatistics.Broker {
    fileprivate init(_ report: StatisticsReport.Broker) {
        let hasRequests = report.rtt.cnt > 0
        self.init(
            id: report.nodeid, name: report.name, state: report.state, waitingRequests: report.outbufCnt,
            requestsInFlight: report.waitrespCnt, bytesSent: report.txbytes, bytesReceived: report.rxbytes,
            sendErrors: report.txerrs, timeouts: report.reqTimeouts,
            roundTripP50: hasRequests ? .microseconds(report.rtt.p50) : nil,
            roundTripP99: hasRequests ? .microseconds(report.rtt.p99) : nil)
    }
}

extension ClientStatistics.Partition {
    fileprivate init(_ topic: String, _ report: StatisticsReport.Partition) {
        func known(_ number: Int64) -> Int64? { number >= 0 ? number : nil }
        self.init(
            partition: NamedPartition(topic, report.partition), leader: report.leader >= 0 ? report.leader : nil,
            waitingMessages: report.msgqCnt + report.xmitMsgqCnt, fetchedMessages: report.fetchqCnt,
            fetchedBytes: report.fetchqSize, committed: known(report.committedOffset), end: known(report.hiOffset),
            lag: known(report.consumerLag))
    }
}

/// The fields of librdkafka's JSON that are read, under its names (`tx_bytes` is `txBytes`).
private struct StatisticsReport: Decodable {
    struct Window: Decodable {
        var p50: Int64
        var p99: Int64
        var cnt: Int64
    }

    struct Broker: Decodable {
        var name: String
        var nodeid: Int32
        var state: String
        var outbufCnt: Int
        var waitrespCnt: Int
        var txbytes: Int64
        var rxbytes: Int64
        var txerrs: Int64
        var reqTimeouts: Int64
        var rtt: Window
    }

    struct Partition: Decodable {
        var partition: Int32
        var leader: Int32
        var msgqCnt: Int
        var xmitMsgqCnt: Int
        var fetchqCnt: Int
        var fetchqSize: Int64
        var committedOffset: Int64
        var hiOffset: Int64
        var consumerLag: Int64
    }

    struct Topic: Decodable {
        var topic: String
        var partitions: [String: Partition]
    }

    struct Group: Decodable { var rebalanceCnt: Int }

    var name: String
    var tx: Int64
    var txBytes: Int64
    var rxBytes: Int64
    var txmsgs: Int64
    var txmsgBytes: Int64
    var rxmsgs: Int64
    var rxmsgBytes: Int64
    var msgCnt: Int
    var msgSize: Int64
    var msgMax: Int
    var replyq: Int
    var brokers: [String: Broker]
    var topics: [String: Topic]
    var cgrp: Group?
}

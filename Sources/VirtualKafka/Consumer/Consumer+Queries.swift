import Kafka
import Simulation

/// Offsets that the application has asked for, of several partitions at several brokers.
struct OffsetInquiry: Sendable {
    enum Kind: Sendable {
        /// OffsetFetch, at the group's coordinator.
        case committed
        /// ListOffsets, at the partitions' leaders.
        case listed
    }

    struct Item: Sendable {
        let place: TopicPartition
        /// Its number, -1 if there is no such partition.
        let partition: Int32
        let query: OffsetQuery
        /// The broker that is being asked, -1 for none.
        var askedAt = -1
        var answer: (offset: Int64, error: ErrorCode)?
    }

    let number: UInt32
    let tag: UInt64
    let kind: Kind
    let deadline: Instant
    var notBefore = Instant.zero
    var items: [Item]

    var isComplete: Bool { items.allSatisfy { $0.answer != nil } }
}

extension Consumer {
    mutating func inquire(
        _ kind: OffsetInquiry.Kind, _ queries: [(TopicPartition, OffsetQuery)], tag: UInt64, _ fabric: inout Fabric
    ) {
        guard core.isAlive || core.isClosed else { return }
        let items = queries.map { place, query in
            let number = fabric.topology.number(of: place)
            var item = OffsetInquiry.Item(place: place, partition: Int32(number ?? -1), query: query)
            if number == nil { item.answer = (-1, .unknownTopicOrPartition) }
            if kind == .committed, group == .none { item.answer = (-1, .unknownGroup) }
            if core.isClosed { item.answer = (-1, .destroyed) }
            return item
        }
        inquiryCount &+= 1
        let inquiry = OffsetInquiry(
            number: inquiryCount, tag: tag, kind: kind, deadline: fabric.now + settings.socketTimeout, items: items)
        guard !core.isClosed else {
            finish(inquiry, fabric: &fabric)
            return
        }
        inquiries.append(inquiry)
        serveInquiries(&fabric)
        core.wakeLater(at: inquiry.deadline, &fabric)
    }

    mutating func serveInquiries(_ fabric: inout Fabric) {
        guard !inquiries.isEmpty else { return }
        for index in inquiries.indices {
            if inquiries[index].deadline <= fabric.now {
                for item in inquiries[index].items.indices where inquiries[index].items[item].answer == nil {
                    inquiries[index].items[item].answer = (-1, .timedOut)
                }
            } else if inquiries[index].notBefore > fabric.now {
                core.wake(at: inquiries[index].notBefore, &fabric)
            } else {
                ask(index, &fabric)
            }
        }
        while let index = inquiries.firstIndex(where: \.isComplete) {
            finish(inquiries.remove(at: index), fabric: &fabric)
        }
    }

    private func finish(_ inquiry: OffsetInquiry, fabric: inout Fabric) {
        let offsets = inquiry.items.map { item in
            PartitionOffset(
                partition: item.place, offset: item.answer?.offset ?? -1, error: item.answer?.error ?? .timedOut)
        }
        switch inquiry.kind {
        case .committed: fabric.notify(core.id, .committedOffsets(tag: inquiry.tag, offsets))
        case .listed: fabric.notify(core.id, .offsetsListed(tag: inquiry.tag, offsets))
        }
    }

    /// Asks every broker concerned for what is still missing.
    private mutating func ask(_ index: Int, _ fabric: inout Fabric) {
        switch inquiries[index].kind {
        case .committed:
            guard let broker = reachableCoordinator(fabric.now) else {
                findCoordinator(&fabric)
                return
            }
            let wanted = take(index, at: broker) { _ in true }
            guard !wanted.isEmpty else { return }
            core.send(
                .offsetFetch(
                    reference, wanted.map(\.partition), requireStable: settings.isolation == .readCommitted),
                to: broker,
                for: .inquiry(inquiries[index].number), &fabric)
        case .listed:
            let leaders = inquiries[index].items.map { core.leader(of: Int($0.partition)) }
            for broker in 0..<fabric.brokerCount where core.isUsable(broker, fabric.now) {
                let wanted = take(index, at: broker) { leaders[$0] == broker }
                guard !wanted.isEmpty else { continue }
                core.send(
                    .listOffsets(
                        wanted.map {
                            ListOffsetsPartition(
                                partition: $0.partition, query: $0.query, isolation: settings.isolation)
                        }),
                    to: broker, for: .inquiry(inquiries[index].number), &fabric)
            }
            if inquiries[index].items.contains(where: { $0.answer == nil && $0.askedAt < 0 }) {
                core.wantMetadata(&fabric)
            }
        }
    }

    /// Marks and returns the items that are to be asked for at a broker.
    private mutating func take(
        _ index: Int, at broker: Int, where isConcerned: (Int) -> Bool
    ) -> [OffsetInquiry.Item] {
        var taken: [OffsetInquiry.Item] = []
        for item in inquiries[index].items.indices {
            let candidate = inquiries[index].items[item]
            guard candidate.answer == nil, candidate.askedAt < 0, isConcerned(item) else { continue }
            inquiries[index].items[item].askedAt = broker
            taken.append(candidate)
        }
        return taken
    }

    mutating func inquiryAnswered(
        _ number: UInt32, by broker: Int, _ answers: [(partition: Int32, offset: Int64, error: ErrorCode)],
        _ fabric: inout Fabric
    ) {
        guard let index = inquiries.firstIndex(where: { $0.number == number }) else { return }
        for answer in answers where !answer.error.isRetriable {
            for item in inquiries[index].items.indices
            where inquiries[index].items[item].partition == answer.partition
                && inquiries[index].items[item].askedAt == broker
            {
                inquiries[index].items[item].answer = (answer.offset, answer.error)
            }
        }
        guard answers.contains(where: { $0.error.isRetriable }) else { return }
        postponeInquiry(number, of: broker, &fabric)
        core.wantMetadata(&fabric)
    }

    /// OffsetFetch may be refused as a whole.
    mutating func committedAnswered(
        _ number: UInt32, by broker: Int, _ error: ErrorCode, _ offsets: [CommittedOffset], _ fabric: inout Fabric
    ) {
        if isAboutCoordinator(error) { loseCoordinator(error, &fabric) }
        guard error != .none, let inquiry = inquiries.first(where: { $0.number == number }) else {
            inquiryAnswered(number, by: broker, offsets.map { ($0.partition, $0.offset, .none) }, &fabric)
            return
        }
        inquiryAnswered(number, by: broker, inquiry.items.map { ($0.partition, -1, error) }, &fabric)
    }

    /// The broker did not answer, or could not yet.
    mutating func postponeInquiry(_ number: UInt32, of broker: Int, _ fabric: inout Fabric) {
        guard let index = inquiries.firstIndex(where: { $0.number == number }) else { return }
        for item in inquiries[index].items.indices where inquiries[index].items[item].askedAt == broker {
            inquiries[index].items[item].askedAt = -1
        }
        inquiries[index].notBefore = fabric.now + core.retryBackoff
        core.wake(at: inquiries[index].notBefore, &fabric)
    }
}

import Kafka
import Simulation
import VirtualKafka

extension Execution {
    // MARK: Rest

    /// What is not as it should be when nothing disturbs the cluster any more.
    func unrest() -> [String] {
        var unrest = cluster.unsettledPartitions.map { "\(cluster.topics.describe($0)) is not in step" }
        // A marker that was lost with the disks comes never again: Kafka's hanging transactions.
        for partition in isAnyLossExcused ? [] : partitions
        where cluster.lastStableOffset(of: partition) != cluster.highWatermark(of: partition) {
            unrest.append("\(cluster.topics.describe(partition)) has an open transaction")
        }
        for process in producers.compactMap({ $0 }) where process.stage != nil && process.stage != .ready {
            unrest.append("client \(process.client.rawValue) waits for the end of its transaction")
        }
        for process in producers.compactMap({ $0 }) where cluster.hasUnsentRecords(process.client) {
            unrest.append("client \(process.client.rawValue) has messages without a report")
        }
        let members = consumers.indices.compactMap { number in
            consumers[number].map { (group: program.setup.consumers[number].group, client: $0.client) }
        }
        unrest += self.unrest(among: members + auditors.map { (reference.groups.count - 1, $0.client) })
        for (group, client) in members {
            let isOpen = reference.commits.contains {
                $0.group == group && $0.client == client && $0.state == .open
            }
            if isOpen { unrest.append("client \(client.rawValue) has a commit without an answer") }
        }
        return unrest
    }

    private func unrest(among members: [(group: Int, client: ClientID)]) -> [String] {
        var unrest: [String] = []
        for group in Set(members.map(\.group)).sorted() {
            for partition in partitions {
                let owners = members.filter {
                    $0.group == group && cluster.assignment(of: $0.client).contains(partition)
                }
                let name = cluster.topics.describe(partition)
                guard owners.count == 1 else {
                    unrest.append("\(name) has \(owners.count) owners in \(reference.groups[group].name)")
                    continue
                }
                let position = cluster.position(of: owners[0].client, in: partition)
                let end =
                    isolation(of: owners[0].client) == .readCommitted
                    ? cluster.lastStableOffset(of: partition) : cluster.highWatermark(of: partition)
                if position != end, !isAnyLossExcused || (position ?? -1) < end {
                    let place = position.map { "\($0)" } ?? "nowhere"
                    unrest.append("client \(owners[0].client.rawValue) is at \(place) of \(name), which ends at \(end)")
                }
            }
        }
        return unrest
    }

    mutating func judgeRest() {
        let unrest = unrest()
        guard let first = unrest.first else { return }
        reference.findings.append(
            Finding(.standstill, first + (unrest.count > 1 ? " (and \(unrest.count - 1) more)" : "")))
    }

    // MARK: Logs

    /// Every log against what was sent to it and acknowledged.
    mutating func judgeLogs() {
        var places = Array(repeating: [(partition: TopicPartition, offset: Int64)](), count: reference.messages.count)
        let isExcused = isAnyLossExcused
        for partition in partitions {
            var lastOfClient = Array(repeating: -1, count: reference.hasFailed.count)
            var next = cluster.logStartOffset(of: partition)
            for (offset, tag) in log(of: partition, .readUncommitted) {
                // Markers are not for readers.
                if offset != next, reference.transactions.isEmpty {
                    find(.gap, "\(name(partition)) has \(offset) after \(next - 1)")
                }
                next = offset + 1
                guard let tag, reference.messages[tag].topic == Int(partition.topic.rawValue) else {
                    find(.unknownRecord, "at \(offset) of \(name(partition))")
                    continue
                }
                places[tag].append((partition, offset))
                let message = reference.messages[tag]
                let client = Int(message.client.rawValue)
                guard message.isIdempotent, !isExcused, !reference.hasFailed[client] else { continue }
                if tag < lastOfClient[client] {
                    find(.disorder, "\(tag) after \(lastOfClient[client]) in \(name(partition))")
                }
                lastOfClient[client] = max(lastOfClient[client], tag)
            }
        }
        for tag in reference.messages.indices { judge(tag, places[tag], isExcused) }
    }

    private mutating func judge(_ tag: Int, _ places: [(partition: TopicPartition, offset: Int64)], _ isExcused: Bool) {
        let message = reference.messages[tag]
        if places.count > 1, message.isIdempotent, !isExcused, !reference.hasFailed[Int(message.client.rawValue)] {
            find(.duplicate, "\(tag) in \(name(places[0].partition)) at \(places.map(\.offset))")
        }
        guard case .delivered(let partition, let offset) = message.fate, message.acks == .all,
            !cluster.isLossExcused(in: partition)
        else { return }
        // A duplicate whose place was forgotten has no offset: it may be anywhere, also among what is deleted.
        let start = cluster.logStartOffset(of: partition)
        if start > 0, offset < start { return }
        if !places.contains(where: { $0.partition == partition }) {
            find(.lostRecord, "\(tag), delivered at \(offset) of \(name(partition))")
        } else if offset >= 0, !places.contains(where: { $0 == (partition, offset) }) {
            find(
                .wrongOffset,
                "\(tag), delivered at \(offset) of \(name(partition)), is there at \(places.map(\.offset))")
        }
    }

    /// Transactions are visible as a whole or not at all, as their producers were told.
    mutating func judgeTransactions() {
        guard !isAnyLossExcused else { return }
        var visible = Array(repeating: 0, count: reference.messages.count)
        for partition in partitions {
            for (_, tag) in log(of: partition, .readCommitted) { if let tag { visible[tag] += 1 } }
        }
        for index in reference.transactions.indices {
            let tags = reference.messages.indices.filter {
                reference.messages[$0].transaction == index && !isPerhapsDeleted($0)
            }
            let counts = tags.map { visible[$0] }
            let isRight =
                switch reference.transactions[index].fate {
                case .committed: counts.allSatisfy { $0 == 1 }
                case .aborted: counts.allSatisfy { $0 == 0 }
                case .open, .unknown: counts.allSatisfy { $0 == 0 } || counts.allSatisfy { $0 == 1 }
                }
            guard !isRight else { continue }
            find(
                .brokenTransaction,
                "\(reference.transactions[index].fate), and of \(tags) are there \(tags.filter { visible[$0] > 0 })")
        }
    }

    private func isPerhapsDeleted(_ tag: Int) -> Bool {
        guard case .delivered(let partition, let offset) = reference.messages[tag].fate else {
            return partitions.contains { cluster.logStartOffset(of: $0) > 0 }
        }
        return offset < cluster.logStartOffset(of: partition)
    }

    /// Offset and tag of what is committed.
    func log(of partition: TopicPartition, _ isolation: IsolationLevel) -> [(offset: Int64, tag: Int?)] {
        var log: [(offset: Int64, tag: Int?)] = []
        cluster.forEachCommittedRecord(in: partition, isolation: isolation) { offset, _, record in
            log.append((offset, reference.tag(of: record)))
        }
        return log
    }

    // MARK: Consumers

    /// Whoever reads gets a part of the log as it is, without a gap.
    mutating func judgeReadings() {
        let logs = partitions.flatMap { partition in
            [IsolationLevel.readCommitted, .readUncommitted].map {
                (partition: partition, isolation: $0, log: log(of: partition, $0))
            }
        }
        for reading in reference.readings where !cluster.isLossExcused(in: reading.partition) {
            let start = cluster.logStartOffset(of: reading.partition)
            let records = reading.records.drop { $0.offset < start }
            guard let first = records.first,
                let log = logs.first(where: {
                    $0.partition == reading.partition && $0.isolation == reading.isolation
                })?.log
            else { continue }
            let begin = log.firstIndex { $0.offset >= first.offset } ?? log.count
            let expected = log[begin...].prefix(records.count)
            guard !expected.elementsEqual(records, by: { $0 == $1 }) else { continue }
            let different = zip(expected, records).first { $0 != $1 }
            let what = different.map { "\($1.tag ?? -1) at \($1.offset) instead of \($0.tag ?? -1) at \($0.offset)" }
            find(
                .misread,
                "client \(reading.client.rawValue) read \(what ?? "beyond the end") in \(name(reading.partition))")
        }
    }

    /// A consumer's first record is the one that its group has committed, or as `auto.offset.reset` says.
    mutating func judgeStart(_ offset: Int64, of index: Int, in group: Int) {
        let reading = reference.readings[index]
        guard reading.beginsAtCommitted, !cluster.hasFormerCoordinator(of: reference.groups[group].name),
            !isLossExcused(inOffsetsOf: group),
            !cluster.isLossExcused(in: reading.partition), !reference.trimmed.contains(reading.partition)
        else { return }
        if reference.groups[group].commitsInBackground {
            // One that begins at the end has committed where it began, although it has read nothing.
            guard !anyResetsToLatest(in: group) else { return }
            let reached = reference.readings.lazy.filter { $0.group == group && $0.partition == reading.partition }
                .compactMap { $0.records.last?.offset }.max()
            guard let reached,
                log(of: reading.partition, reading.isolation).contains(where: {
                    $0.offset > reached && $0.offset < offset
                })
            else { return }
            find(.wrongStart, "\(name(reading.partition)) at \(offset), and nobody has read beyond \(reached)")
            return
        }
        if reference.mayFind(offset, in: reading.partition, of: group, since: reading.knownCommit) { return }
        if reading.knownCommit == nil, offset == 0 || anyResetsToLatest(in: group) { return }
        if isNothingBefore(offset, of: reading) { return }
        let last = reading.knownCommit.map { reference.commits[$0].offset } ?? -1
        find(.wrongStart, "\(name(reading.partition)) at \(offset), and \(last) was committed last")
    }

    /// Whether what a consumer has passed over, from where it may have begun, is nothing for readers: markers, and what
    /// was aborted.
    private func isNothingBefore(_ offset: Int64, of reading: Reference.Reading) -> Bool {
        let previous = log(of: reading.partition, reading.isolation).last { $0.offset < offset }?.offset ?? -1
        var begins = reference.possibleCommits(of: reading.group, reading.partition, since: reading.knownCommit)
        if reading.knownCommit == nil { begins.append(0) }
        return begins.contains { $0 > previous && $0 <= offset }
    }

    private func anyResetsToLatest(in group: Int) -> Bool {
        program.setup.consumers.contains {
            $0.group == group && Self.consumerProperties($0.properties, group: "").offsetReset == .latest
        }
    }

    /// What groups have committed is what would be read back.
    mutating func judgeCommits() {
        for group in reference.groups.indices.dropLast() where !isLossExcused(inOffsetsOf: group) {
            guard !reference.groups[group].commitsInBackground else { continue }
            for partition in partitions {
                let last = reference.lastAcknowledgedCommit(of: group, partition)
                let found = cluster.committedOffset(of: reference.groups[group].name, in: partition)
                guard found != nil || last != nil else { continue }
                if let found, reference.mayFind(found, in: partition, of: group, since: last) { continue }
                let wanted = last.map { "\(reference.commits[$0].offset)" } ?? "none"
                find(
                    .lostCommit,
                    "\(reference.groups[group].name) has \(found ?? -1) in \(name(partition)) instead of \(wanted)")
            }
        }
    }

    // MARK: Words

    private mutating func find(_ kind: Finding.Kind, _ sentence: String) {
        reference.findings.append(Finding(kind, sentence))
    }

    private func name(_ partition: TopicPartition) -> String { cluster.topics.describe(partition) }
}

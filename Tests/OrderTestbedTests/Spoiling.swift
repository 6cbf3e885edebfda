import Kafka
import Orders
import Services
import Simulation

@testable import Harness
@testable import OrderTestbed

/// What a test does to a correct history.
extension History {
    /// The events in the log, with the position of their entries.
    var committedEvents: [(index: Int, event: Orders.Event)] {
        entries.enumerated().compactMap { index, entry in
            guard case .appended(_, _, let record) = entry.event,
                let event = try? EventCodec.inventoryFirst.decode(record),
                record.header(DeadLetterHeader.topic) == nil
            else { return nil }
            return (index, event)
        }
    }

    /// The first event of a kind, of an order that had all the others and none of the excluded.
    func first(_ type: EventType, with others: [EventType] = [], without excluded: [EventType] = [])
        -> (index: Int, event: Orders.Event)
    {
        let events = committedEvents
        return events.first { candidate in
            guard candidate.event.type == type else { return false }
            let types = events.filter { $0.event.order == candidate.event.order }.map(\.event.type)
            return others.allSatisfy(types.contains) && !excluded.contains(where: types.contains)
        }!
    }

    mutating func replaceEvent(at index: Int, with event: Orders.Event) {
        guard case .appended(let partition, let offset, _) = entries[index].event else { return }
        entries[index].event = .appended(partition, offset: offset, event.record)
    }

    /// Adds a record to the end of the partition in which another entry stands.
    mutating func append(_ record: Record, whereEntryStands index: Int) {
        guard case .appended(let partition, _, _) = entries[index].event else { return }
        let ends = entries.compactMap { entry -> Int64? in
            if case .appended(partition, let offset, _) = entry.event { return offset + 1 }
            return nil
        }
        entries.append(Entry(at: end, event: .appended(partition, offset: ends.max() ?? 0, record)))
    }

    /// Changes the record of an event.
    mutating func changeRecord(at index: Int, _ change: (inout Record) -> Void) {
        guard case .appended(let partition, let offset, var record) = entries[index].event else { return }
        change(&record)
        entries[index].event = .appended(partition, offset: offset, record)
    }

    /// The same kind of event for the same order once more, as a service would make that handled its cause twice.
    mutating func repeatEvent(at index: Int) {
        guard case .appended(_, _, let record) = entries[index].event,
            var event = try? EventCodec.inventoryFirst.decode(record)
        else { return }
        event.id = UniqueID(drawn: 4, 2)
        append(event.record, whereEntryStands: index)
    }

    mutating func change<R: Row>(_ type: R.Type, of service: String, _ key: R.Key, _ change: (inout R) -> Void) {
        let index = stores.firstIndex { $0.service == service }!
        var row = stores[index].store.row(R.self, key)!
        change(&row)
        stores[index].store.set(row, for: key)
        stores[index].store.commit()
    }

    mutating func remove<R: Row>(_ type: R.Type, of service: String, _ key: R.Key) {
        let index = stores.firstIndex { $0.service == service }!
        stores[index].store.set(R?.none, for: key)
        stores[index].store.commit()
    }

    /// Positions of the entries that a test is looking for.
    func positions(where isWanted: (Event) -> Bool) -> [Int] { entries.indices.filter { isWanted(entries[$0].event) } }

    /// Positions of the answers in a conversation, with a status.
    func answers(_ conversation: Conversation, status: Int) -> [Int] {
        positions {
            guard case .answered(let id, let response) = $0 else { return false }
            return RequestID(rawValue: id)?.conversation == conversation && response.status == status
        }
    }

    /// Positions of the dead letters.
    var letters: [Int] {
        positions {
            guard case .appended(_, _, let record) = $0 else { return false }
            return record.header(DeadLetterHeader.topic) != nil
        }
    }

    /// Positions of the provider's entries of a kind: charges, refunds, mails.
    func bookings(_ kind: String) -> [Int] {
        positions {
            if case .ledger(let entry) = $0 { return entry.kind == kind }
            return false
        }
    }
}

extension EventCodec {
    /// Of the histories that tests spoil.
    static let inventoryFirst = EventCodec(names: Blueprint.inventoryFirst.names)
}

extension Orders.Event {
    /// As the service publishes it whose event it is.
    var record: Record {
        let blueprint = Blueprint.inventoryFirst
        let source = EventContract(of: type).producer(in: blueprint)?.name ?? "nobody"
        return EventCodec(names: blueprint.names, source: source).record(self)
    }
}

extension OrderSystemUnderTest {
    /// Takes a blueprint that no file holds.
    mutating func use(_ blueprint: Blueprint) { self.blueprint = BlueprintFile(blueprint: blueprint) }

    /// The system that most tests spoil: the one with the fewest services that has a saga.
    static var inventoryFirst: OrderSystemUnderTest {
        var system = OrderSystemUnderTest()
        system.use(.inventoryFirst)
        return system
    }
}

extension Blueprint {
    /// Document 001.
    static var inventoryFirst: Blueprint { inventoryFirst(partitions: 6) }

    /// Document 001 with another number of partitions for each topic.
    static func inventoryFirst(partitions: Int32) -> Blueprint {
        guard var blueprint = BlueprintLibrary.blueprint("inventory-first")?.blueprint else {
            preconditionFailure("the library has the blueprints of all documents")
        }
        for index in blueprint.topics.indices { blueprint.topics[index].partitions = partitions }
        return blueprint
    }
}

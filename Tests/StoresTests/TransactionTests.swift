import Foundation
import LiveTestSupport
import Simulation
import Stores
import Testing

@testable import Services

/// What transactions promise, the same on every store.
@Suite(.ownThread) struct TransactionTests {
    @Test(arguments: StoreKind.available) func `a transaction reads what it has written`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let store = try stores.open()
        try store.put(1, 10)
        try store.transact { set in
            #expect(try set.row(Cell.self, 1)?.value == 10)
            #expect(try set.row(Cell.self, 2) == nil)
            try set.set(Cell(key: 1, value: 11), for: 1)
            try set.set(Cell(key: 2, value: 20), for: 2)
            #expect(try set.row(Cell.self, 1)?.value == 11)
            #expect(try set.rows(Cell.self) { _ in true }.map(\.value).sorted() == [11, 20])
        }
        #expect(try store.cells() == [11, 20])
        store.close()
    }

    @Test(arguments: StoreKind.available)
    func `a scan sees rows of the store and of the transaction, each once`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let store = try stores.open()
        try store.transact { set in for key in Int32(0)..<6 { try set.set(Cell(key: key, value: 1), for: key) } }
        try store.transact { set in
            try set.set(Cell?.none, for: 0)
            try set.set(Cell(key: 1, value: 2), for: 1)
            _ = try set.row(Cell.self, 2)
            try set.set(Cell(key: 9, value: 3), for: 9)
            #expect(try set.rows(Cell.self) { _ in true }.map(\.key).sorted() == [1, 2, 3, 4, 5, 9])
            #expect(try set.rows(Cell.self) { $0.value == 1 }.map(\.key).sorted() == [2, 3, 4, 5])
        }
        #expect(try store.cells() == [1, 1, 1, 1, 2, 3])
        store.close()
    }

    @Test(arguments: StoreKind.available)
    func `what a body throws takes everything back, tables too`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let store = try stores.open()
        #expect(throws: Trouble()) {
            try store.transact { set in
                try set.set(Cell(key: 1, value: 1), for: 1)
                throw Trouble()
            }
        }
        #expect(try store.cell(1) == nil)
        try store.put(1, 5)
        #expect(throws: Trouble()) {
            try store.transact { set in
                try set.set(Cell(key: 1, value: 6), for: 1)
                let key = Seat.Key(hall: Identifier(literal: "main"), number: 1)
                try set.set(Seat(key: key, isTaken: true), for: key)
                throw Trouble()
            }
        }
        #expect(try store.cell(1) == 5)
        #expect(try store.snapshot(of: [Seat.self]).count(of: Seat.self) == 0)
        store.close()
    }

    @Test(arguments: StoreKind.available) func `a row that is removed is gone`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let store = try stores.open()
        let key = Seat.Key(hall: Identifier(literal: "main"), number: 7)
        let other = Seat.Key(hall: Identifier(literal: "main"), number: 8)
        // Nothing is there yet, not even the table.
        try store.transact { try $0.set(Seat?.none, for: key) }
        try store.transact { set in
            try set.set(Seat(key: key, isTaken: true), for: key)
            try set.set(Seat(key: other, isTaken: false), for: other)
        }
        try store.transact { try $0.set(Seat?.none, for: key) }
        let left = try store.transact { set in try set.rows(Seat.self) { _ in true } }
        #expect(left == [Seat(key: other, isTaken: false)])
        store.close()
    }

    @Test(arguments: StoreKind.durable) func `what was committed is there after a restart`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let first = try stores.open()
        try first.transact { set in for key in Int32(0)..<100 { try set.set(Cell(key: key, value: 1), for: key) } }
        first.close()
        let second = try stores.open()
        #expect(try second.cells().count == 100)
        #expect(try second.cell(99) == 1)
        second.close()
    }

    @Test(arguments: StoreKind.available) func `a snapshot is of one moment`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let (reader, writer) = (try stores.open(), try stores.open())
        try writer.put(1, 1)
        let snapshot = try reader.snapshot(of: [Cell.self, Seat.self])
        try writer.put(1, 2)
        #expect(snapshot.row(Cell.self, 1)?.value == 1)
        #expect(snapshot.count(of: Seat.self) == 0)
        #expect(try reader.cells() == [2])
        reader.close()
        writer.close()
    }
}

/// Two connections at once.
@Suite(.ownThread) struct IsolationTests {
    /// Runs a body on two threads, each with a connection of its own.
    private func race(_ stores: TestStores, _ body: @Sendable (any ServiceStore, Int) throws -> Void) throws {
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: 2) { number in
            do {
                let store = try stores.open()
                try body(store, number)
                store.close()
            } catch { failures.append(error) }
        }
        if let error = failures.first { throw error }
    }

    private func increment(_ store: any ServiceStore) throws {
        try store.transact { set in
            let value = try set.row(Cell.self, 1)?.value ?? 0
            try set.set(Cell(key: 1, value: value + 1), for: 1)
        }
    }

    @Test(arguments: StoreKind.available) func `no update is lost`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        try race(stores) { store, _ in for _ in 0..<100 { try increment(store) } }
        let store = try stores.open()
        #expect(try store.cell(1) == 200)
        store.close()
    }

    @Test(arguments: StoreKind.available)
    func `a store that does not lock loses updates, and the test above finds that`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let meeting = Meeting()
        try race(stores) { store, _ in
            let loose = LooseStore(store, meeting)
            for _ in 0..<20 { try increment(loose) }
        }
        let store = try stores.open()
        let value = try #require(try store.cell(1))
        #expect(value < 40)
        store.close()
    }

    /// Two doctors are on call, and each may leave while the other stays.
    @Test(arguments: StoreKind.available) func `write skew is impossible`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let store = try stores.open()
        for round in Int32(0)..<10 {
            let (first, second) = (round * 2, round * 2 + 1)
            try store.transact { set in
                for key in [first, second] { try set.set(Cell(key: key, value: 1), for: key) }
            }
            try race(stores) { store, number in
                try store.transact { set in
                    let onCall = try set.rows(Cell.self) { [first, second].contains($0.key) && $0.value == 1 }.count
                    let own = number == 0 ? first : second
                    if onCall > 1 { try set.set(Cell(key: own, value: 0), for: own) }
                }
            }
            let left = try store.snapshot(of: [Cell.self]).rows(Cell.self) { [first, second].contains($0.key) }
            #expect(left.map(\.value).reduce(0, +) == 1)
        }
        store.close()
    }

    @Test(arguments: StoreKind.available)
    func `tables that two make at once are made once`(_ kind: StoreKind) throws {
        for _ in 0..<5 {
            let stores = try TestStores(kind)
            try race(stores) { store, number in try store.put(Int32(number), 1) }
            let store = try stores.open()
            #expect(try store.cells() == [1, 1])
            store.close()
        }
    }
}

private final class Failures: @unchecked Sendable {
    private let lock = NSLock()
    private var errors: [any Error] = []
    var first: (any Error)? { lock.withLock { errors.first } }
    func append(_ error: any Error) { lock.withLock { errors.append(error) } }
}

/// Where two threads wait for each other, for a while.
private final class Meeting: @unchecked Sendable {
    private let condition = NSCondition()
    private var arrived = 0

    func meet() {
        condition.withLock {
            arrived += 1
            condition.broadcast()
            let goal = (arrived + 1) / 2 * 2
            let end = Date().addingTimeInterval(0.2)
            while arrived < goal, condition.wait(until: end) {}
        }
    }
}

/// A planted defect: it reads in one transaction and writes in another.
private final class LooseStore: ServiceStore {
    private let store: any ServiceStore
    private let meeting: Meeting

    init(_ store: any ServiceStore, _ meeting: Meeting) {
        self.store = store
        self.meeting = meeting
    }

    func transact<Result>(_ body: (WorkingSet) throws -> Result) throws -> Result {
        let before = LooseRows(try store.snapshot(of: [Cell.self]))
        let workingSet = WorkingSet(over: before)
        let result = try body(workingSet)
        meeting.meet()
        try workingSet.write(to: before)
        try store.transact { set in for cell in before.written { try set.set(cell, for: cell.key) } }
        return result
    }

    func snapshot(of tables: [any Row.Type]) throws -> ValueStore { try store.snapshot(of: tables) }
    func close() { store.close() }
}

private final class LooseRows: RowSource, RowSink {
    private let values: ValueStore
    private(set) var written: [Cell] = []

    init(_ values: ValueStore) { self.values = values }

    func row<R: Row>(_ type: R.Type, _ key: R.Key) -> R? { values.row(R.self, key) }
    func rows<R: Row>(_ type: R.Type) -> [R] { values.rows(R.self) }
    func write<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) { if let cell = row as? Cell { written.append(cell) } }
}

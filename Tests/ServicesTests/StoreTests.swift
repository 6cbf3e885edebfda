import Services
import Simulation
import Testing

@Suite("The value store")
struct ValueStoreTests {
    private struct Cell: Row {
        static let table = "cells"
        var key: Int32
        var value: UInt64
    }

    @Test("behaves like a dictionary, through savepoints, roll-backs and commits", arguments: 0..<20)
    func model(seed: UInt64) {
        let draws = Draws(seed: seed)
        let purpose = Purpose("store-model")
        var store = ValueStore()
        var model: [Int32: UInt64] = [:]
        var marks: [(savepoint: Int, model: [Int32: UInt64])] = []
        for step in UInt64(0)..<2_000 {
            let key = Int32(draws.index(below: 200, purpose, step, 1))
            switch draws.index(below: 20, purpose, step, 2) {
            case 0..<10:
                store.set(Cell(key: key, value: step), for: key)
                model[key] = step
            case 10..<15:
                store.set(Cell?.none, for: key)
                model[key] = nil
            case 15..<17:
                marks.append((store.savepoint, model))
            case 17..<19:
                guard let mark = marks.popLast() else { continue }
                store.rollBack(to: mark.savepoint)
                model = mark.model
            default:
                store.commit()
                marks.removeAll()
            }
            #expect(store.row(Cell.self, key)?.value == model[key])
        }
        #expect(store.count(of: Cell.self) == model.count)
        for row in store.rows(Cell.self) { #expect(model[row.key] == row.value) }
    }

    @Test("stays as it was when a fork of it is written")
    func fork() {
        var store = ValueStore()
        for key in Int32(0)..<1_000 { store.set(Cell(key: key, value: 1), for: key) }
        store.commit()
        var branch = store
        for key in Int32(0)..<1_000 where key % 3 == 0 {
            branch.set(key % 2 == 0 ? nil : Cell(key: key, value: 2), for: key)
        }
        branch.commit()
        #expect(store.rows(Cell.self).allSatisfy { $0.value == 1 })
        #expect(store.count(of: Cell.self) == 1_000)
        #expect(branch.row(Cell.self, 3)?.value == 2)
        #expect(branch.row(Cell.self, 6) == nil)
    }
}

@Suite("Identifiers")
struct IdentifierTests {
    @Test("hold up to fifteen printable characters", arguments: ["a", "ORD-00000001", "exactly-15-long", "12345678"])
    func roundTrip(text: String) throws {
        let identifier = try #require(Identifier(text))
        #expect(identifier.description == text)
        #expect(identifier == Identifier(Array(text.utf8)))
        #expect(identifier.count == text.utf8.count)
    }

    @Test("refuse what does not fit", arguments: ["", "sixteen-letters!", "a blank", "ümlaut", "new\nline"])
    func refused(text: String) { #expect(Identifier(text) == nil) }

    @Test("are ordered as their text")
    func order() throws {
        let texts = ["a", "ab", "b", "ORD-1", "ORD-10", "ORD-2"]
        let identifiers = try texts.map { try #require(Identifier($0)) }
        #expect(identifiers.sorted().map(\.description) == texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    @Test("as UUIDs, read what they write")
    func uuid() throws {
        for number in UInt64(0)..<200 {
            let id = UniqueID(drawn: mixed(number), mixed(number + 1_000))
            #expect(UniqueID(uuid: Array(id.description.utf8)) == id)
            let text = Array(id.description)
            #expect(text[14] == "8")
            #expect(["8", "9", "a", "b"].contains(text[19]))
        }
        #expect(UniqueID(uuid: Array("not-a-uuid".utf8)) == nil)
    }
}

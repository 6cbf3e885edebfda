import Foundation
import LiveTestSupport
import Stores
import Testing

@Suite(.ownThread) struct LocationTests {
    @Test(arguments: ["", "sqlite", "sqlite:", "mysql://host/db", "memory", "/var/lib/orrery"])
    func `what is no place for a store is refused with the choices`(_ text: String) throws {
        let error = #expect(throws: StoreLocationError.self) { _ = try StoreLocation(text) }
        #expect(error?.description.contains("sqlite:DIR, postgres://USER@HOST:PORT/DATABASE, or memory:") == true)
    }

    @Test func `a location shows no password`() throws {
        #expect(try StoreLocation("postgres://me:secret@host:5432/db").description == "postgres://me@host:5432/db")
        #expect(try StoreLocation("postgres://me@host/db").description == "postgres://me@host/db")
        #expect(try StoreLocation("sqlite:data").description == "sqlite:data")
    }

    @Test(arguments: StoreKind.available) func `what was removed is gone`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        let store = try stores.open()
        try store.put(1, 1)
        store.close()
        try stores.location.removeEverything(services: [TestStores.service, "never-made"])
        let again = try stores.open()
        #expect(try again.cells() == [])
        again.close()
    }

    @Test(arguments: StoreKind.available) func `services and prefixes do not see each other`(_ kind: StoreKind) throws {
        let stores = try TestStores(kind)
        var other = stores.location
        other.prefix = "other \"\(UUID().uuidString.prefix(8))"
        let places = [
            try stores.open(), try stores.location.open(service: "neighbour"),
            try other.open(service: TestStores.service),
        ]
        for (number, store) in places.enumerated() { try store.put(1, Int64(number)) }
        for (number, store) in places.enumerated() {
            #expect(try store.cells() == [Int64(number)])
            store.close()
        }
        try stores.location.removeEverything(services: ["neighbour"])
        try other.removeEverything(services: [TestStores.service])
    }
}

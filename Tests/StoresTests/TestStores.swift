import Foundation
import LiveTestSupport
import Simulation
import Testing

@testable import Services
@testable import Stores

/// The stores that the suite is run on.
enum StoreKind: CaseIterable, Sendable, CustomTestStringConvertible {
    case memory
    case sqlite
    case postgreSQL

    /// Those that this machine can run.
    static let available = allCases.filter { $0 != .postgreSQL || PostgreSQLServer.url != nil }
    /// Those that outlive a process.
    static let durable = available.filter { $0 != .memory }

    var testDescription: String { "\(self)" }
}

/// The place of a store that nobody else uses, removed with the object.
final class TestStores: Sendable {
    let location: StoreLocation
    private let directory: String
    static let service = "testing"

    init(_ kind: StoreKind) throws {
        let name = "t\(UUID().uuidString.prefix(8).lowercased())"
        directory = NSTemporaryDirectory() + "/orrery-stores-\(name)"
        let text =
            switch kind {
            case .memory: "memory:"
            case .sqlite: "sqlite:\(directory)"
            case .postgreSQL: PostgreSQLServer.url ?? ""
            }
        location = try StoreLocation(text, prefix: name)
    }

    deinit {
        try? location.removeEverything(services: [Self.service])
        try? FileManager.default.removeItem(atPath: directory)
    }

    func open(migrations: [Migration] = Migration.all) throws -> any ServiceStore {
        try location.open(service: Self.service, migrations: migrations)
    }
}

/// A row with a key of one value.
struct Cell: Row {
    static let table = "cells"
    var key: Int32
    var value: Int64
}

/// A row with a key of two.
struct Seat: Row {
    struct Key: RowKey {
        var hall: Identifier
        var number: Int32
        var stableHash: UInt64 { mixed(hall.stableHash &+ UInt64(bitPattern: Int64(number))) }
    }

    static let table = "order"
    var key: Key
    var isTaken: Bool
}

struct Trouble: Error, Equatable {}

extension ServiceStore {
    func cell(_ key: Int32) throws -> Int64? { try transact { try $0.row(Cell.self, key)?.value } }
    func cells() throws -> [Int64] { try snapshot(of: [Cell.self]).rows(Cell.self).map(\.value).sorted() }
    func put(_ key: Int32, _ value: Int64) throws {
        try transact { try $0.set(Cell(key: key, value: value), for: key) }
    }
}

import Foundation

/// Where the services keep their rows: `sqlite:DIR`, `postgres://…` or `memory:`.
public struct StoreLocation: Sendable {
    private enum Kind: Sendable {
        case sqlite(directory: String)
        case postgreSQL(url: String)
        case memory(MemoryServices)
    }

    private let kind: Kind
    /// Set where the names of a run must be nobody else's: a directory of its own, or in front of the names of schemas.
    public var prefix: String?

    /// Reads what a user wrote.
    public init(_ text: String, prefix: String? = nil) throws(StoreLocationError) {
        if text.hasPrefix("sqlite:") {
            let directory = String(text.dropFirst("sqlite:".count))
            guard !directory.isEmpty else { throw StoreLocationError(text: text) }
            kind = .sqlite(directory: directory)
        } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            kind = .postgreSQL(url: text)
        } else if text == "memory:" {
            kind = .memory(MemoryServices())
        } else {
            throw StoreLocationError(text: text)
        }
        self.prefix = prefix
    }

    /// Opens a connection of its own to a service's store, which is made if it is not there. Connections to `memory:`
    /// find each other when they come from one location, or from copies of it.
    ///
    /// - Throws: `StoreFailure`.
    public func open(service: String, migrations: [Migration] = Migration.all) throws -> any ServiceStore {
        switch kind {
        case .sqlite: SQLStore(try SQLiteDatabase(path: path(of: service), migrations: migrations))
        case .postgreSQL(let url):
            SQLStore(try PostgreSQLDatabase(url: url, schema: schema(of: service), migrations: migrations))
        case .memory(let services): MemoryStore(services.tables(of: name(of: service)))
        }
    }

    /// Removes the stores of these services; nobody may have them open. What else lies there stays.
    public func removeEverything(services: [String]) throws {
        for service in services {
            switch kind {
            case .sqlite:
                for suffix in ["", "-wal", "-shm"] { unlink(path(of: service) + suffix) }
                // It is removed if nothing else is in it.
                if prefix != nil { rmdir((path(of: service) as NSString).deletingLastPathComponent) }
            case .postgreSQL(let url): try PostgreSQLDatabase.remove(schema: schema(of: service), url: url)
            case .memory(let services): services.remove(name(of: service))
            }
        }
    }

    private func path(of service: String) -> String {
        guard case .sqlite(let directory) = kind else { preconditionFailure("only SQLite has files") }
        return [directory, prefix, "\(service).sqlite"].compactMap { $0 }.joined(separator: "/")
    }

    private func schema(of service: String) -> String { "orrery_\(name(of: service))" }
    private func name(of service: String) -> String { prefix.map { "\($0)_\(service)" } ?? service }
}

extension StoreLocation: CustomStringConvertible {
    /// As a user would write it, without the password.
    public var description: String {
        switch kind {
        case .sqlite(let directory): return "sqlite:\(directory)"
        case .memory: return "memory:"
        case .postgreSQL(let url):
            guard let user = url.range(of: "://"), let host = url.range(of: "@"), user.upperBound < host.lowerBound,
                let password = url[user.upperBound..<host.lowerBound].firstIndex(of: ":")
            else { return url }
            return String(url[..<password] + url[host.lowerBound...])
        }
    }
}

/// What was written where a store's location belongs.
public struct StoreLocationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was written.
    public var text: String

    public var description: String {
        "'\(text)' is no place for a store. Write sqlite:DIR, postgres://USER@HOST:PORT/DATABASE, or memory:"
    }
}

/// The stores in memory of one location.
private final class MemoryServices: @unchecked Sendable {
    private let lock = NSLock()
    /// Guarded by `lock`.
    private var tables: [String: MemoryTables] = [:]

    func tables(of service: String) -> MemoryTables {
        lock.withLock {
            if let known = tables[service] { return known }
            let new = MemoryTables()
            tables[service] = new
            return new
        }
    }

    func remove(_ service: String) { lock.withLock { tables[service] = nil } }
}

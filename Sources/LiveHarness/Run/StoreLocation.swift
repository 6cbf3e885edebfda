import Services
import Stores

/// Where the services of a run keep what they know.
public enum StoreLocation: Hashable, Sendable, Codable {
    /// A file for each service in this directory.
    case sqlite(directory: String)
    /// A database server; a schema for each service, whose name begins with the run's prefix.
    case postgres(url: String, prefix: String)

    /// A service's store, with tables for all of its rows.
    func open(for service: any Service) throws -> any ServiceStore {
        throw StoreFailure("there are no stores yet")
    }
}

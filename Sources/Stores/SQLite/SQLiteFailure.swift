import Foundation
import GRDB

/// What SQLite says, in sentences that say what to do.
enum SQLiteFailure {
    static func explain(_ error: any Error, path: String, patience: TimeInterval, isCommit: Bool = false) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let said = error.message ?? "\(error.resultCode)"
        let sentence =
            switch error.resultCode {
            case .SQLITE_FULL: "The disk is full: the store '\(path)' cannot grow. Make room."
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                "The store '\(path)' was locked by somebody else for \(Int(patience)) s. Find the program that has it open."
            case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
                "The store '\(path)' may not be written. Check the owner of the file and of its directory."
            case .SQLITE_CANTOPEN:
                "The store '\(path)' cannot be opened (\(said)). Check that its directory is there and may be written."
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                "The store '\(path)' is damaged (\(said)). Restore it from a backup."
            case .SQLITE_IOERR:
                "The store '\(path)' could not be read or written (\(said)). Check the disk."
            default: "The store '\(path)' failed: \(error)."
            }
        // A commit that could not be synced may be found in the log later.
        return StoreFailure(sentence, isUncertain: isCommit && error.resultCode == .SQLITE_IOERR)
    }
}

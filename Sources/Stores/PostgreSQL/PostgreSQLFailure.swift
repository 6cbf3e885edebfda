/// What PostgreSQL says, in sentences that say what to do.
enum PostgreSQLFailure {
    static func explain(
        _ error: any Error, schema: String, patience: Int, isCommit: Bool = false
    ) -> any Error {
        guard let error = error as? PostgreSQLError else { return error }
        switch error.state {
        // Serialisation failure, deadlock; and a table or column that another transaction has just made.
        case "40001", "40P01", "42P07", "42701": return SQLConflict(message: error.message)
        default: break
        }
        let sentence =
            switch error.state {
            case "53100": "The server's disk is full. Make room (\(error.message))."
            case "53300": "The server takes no more connections. Raise max_connections, or run fewer instances."
            case "25P03": "The server ended a transaction in which nothing had happened for \(patience) s."
            case "55P03":
                "Schema '\(schema)' was locked by somebody else for \(patience) s. Look into pg_stat_activity."
            case "25006", "42501": "Schema '\(schema)' may not be written: \(error.message)."
            case "28000", "28P01": "The server refuses the user or the password: \(error.message)."
            case "3D000": "There is no such database: \(error.message). Make it with createdb."
            case "XX001", "XX002": "Schema '\(schema)' is damaged (\(error.message)). Restore it from a backup."
            default:
                error.isLost
                    ? "There is no connection to PostgreSQL (\(error.message)). It is tried again with the next transaction."
                    : "PostgreSQL failed on schema '\(schema)': \(error.message) \(error.state)"
            }
        return StoreFailure(sentence, isUncertain: isCommit && error.isLost)
    }
}

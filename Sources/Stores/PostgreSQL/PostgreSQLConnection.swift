import CPostgreSQL

/// What PostgreSQL said, as libpq hands it over.
struct PostgreSQLError: Error {
    /// Five letters of the SQL standard; empty when it was libpq that failed.
    var state: String
    var message: String
    /// The connection is of no use any more.
    var isLost: Bool
}

/// One connection to a server, through libpq. Statements are prepared once and kept; writes are collected and sent together.
final class PostgreSQLConnection {
    private let handle: OpaquePointer
    /// The names of prepared statements, by their text.
    private var statements: [String: String] = [:]
    private var pending: [(statement: String, parameters: [ColumnValue])] = []

    /// - Parameter url: `postgres://…`; it may say more than where the server is, and has the last word.
    init(url: String) throws {
        // A dead peer is noticed within half a minute, and not after the two hours that are usual.
        let options = [
            ("application_name", "orrery"), ("connect_timeout", "10"), ("keepalives_idle", "10"),
            ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"), ("dbname", url),
        ]
        let keywords = CStrings(options.map(\.0))
        let values = CStrings(options.map(\.1))
        guard let handle = PQconnectdbParams(keywords.pointers, values.pointers, 1) else {
            throw PostgreSQLError(state: "", message: "out of memory", isLost: true)
        }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else { throw failure() }
    }

    deinit { PQfinish(handle) }

    var isInTransaction: Bool {
        let status = PQtransactionStatus(handle)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE
    }

    /// What a server says before it hangs up: it is shut down, has crashed, is not ready yet, or waited for too long.
    private static let farewells: Set = ["57P01", "57P02", "57P03", "57P05", "25P03", "08006", "08003", "08P01"]

    private func failure(_ result: OpaquePointer? = nil) -> PostgreSQLError {
        // PG_DIAG_SQLSTATE is a character in C, and no constant that Swift imports.
        let field = result.flatMap { PQresultErrorField($0, Int32(UInt8(ascii: "C"))) }
        let state = field.map { String(cString: $0) } ?? ""
        let said = result.map { PQresultErrorMessage($0) } ?? PQerrorMessage(handle)
        let message = said.map { String(cString: $0) } ?? ""
        return PostgreSQLError(
            state: state, message: message.split(separator: "\n").first.map(String.init) ?? "the connection failed",
            isLost: PQstatus(handle) == CONNECTION_BAD || Self.farewells.contains(state))
    }

    /// Runs statements without parameters, in one message.
    func execute(_ sql: String) throws {
        try flush()
        _ = try checked(PQexec(handle, sql))
    }

    func query(_ sql: String, _ parameters: [ColumnValue]) throws -> [[ColumnValue]] {
        try flush()
        let statement = try prepared(sql)
        let result = withParameters(parameters) { count, values, lengths, formats in
            PQexecPrepared(handle, statement, count, values, lengths, formats, 1)
        }
        return try checked(result)
    }

    /// Collects a write; it is sent before whatever is asked next.
    func write(_ sql: String, _ parameters: [ColumnValue]) throws {
        pending.append((try prepared(sql), parameters))
    }

    /// Sends what was collected, and `COMMIT` behind it.
    func commit() throws {
        pending.append((try prepared("COMMIT"), []))
        try flush()
    }

    func rollBack() throws {
        pending.removeAll()
        if isInTransaction { _ = try checked(PQexec(handle, "ROLLBACK")) }
    }

    private func prepared(_ sql: String) throws -> String {
        if let name = statements[sql] { return name }
        let name = "s\(statements.count)"
        _ = try checked(PQprepare(handle, name, sql, 0, nil))
        statements[sql] = name
        return name
    }

    // MARK: Pipeline

    private func flush() throws {
        guard !pending.isEmpty else { return }
        let writes = pending
        pending.removeAll(keepingCapacity: true)
        guard PQenterPipelineMode(handle) == 1 else { throw failure() }
        defer { PQexitPipelineMode(handle) }
        for write in writes {
            let isSent = withParameters(write.parameters) { count, values, lengths, formats in
                PQsendQueryPrepared(handle, write.statement, count, values, lengths, formats, 1)
            }
            guard isSent == 1 else { throw unusable() }
        }
        guard PQpipelineSync(handle) == 1 else { throw unusable() }
        do { for _ in writes { try readResult() } } catch {
            drain()
            throw error
        }
        drain()
    }

    /// What was sent of a pipeline without an end is never answered.
    private func unusable() -> PostgreSQLError {
        var failure = failure()
        failure.isLost = true
        return failure
    }

    private func readResult() throws {
        // A null separates the results of two statements.
        defer { if let unexpected = PQgetResult(handle) { PQclear(unexpected) } }
        _ = try checked(PQgetResult(handle))
    }

    /// Reads up to the end of the pipeline: what was sent is answered before anything else can be asked.
    private func drain() {
        while PQstatus(handle) == CONNECTION_OK {
            guard let result = PQgetResult(handle) else { continue }
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return }
        }
    }

    // MARK: Values

    private func checked(_ result: OpaquePointer?) throws -> [[ColumnValue]] {
        guard let result else { throw failure() }
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        if status == PGRES_TUPLES_OK { return try rows(of: result) }
        guard status == PGRES_COMMAND_OK else { throw failure(result) }
        return []
    }

    private func rows(of result: OpaquePointer) throws -> [[ColumnValue]] {
        let types = (0..<PQnfields(result)).map { PQftype(result, $0) }
        return try (0..<PQntuples(result)).map { row in
            try types.indices.map { column in
                try value(of: result, row, Int32(column), type: types[column])
            }
        }
    }

    /// Results come in binary, which says everything exactly.
    private func value(of result: OpaquePointer, _ row: Int32, _ column: Int32, type: Oid) throws -> ColumnValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        func number() -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return switch type {
        case 16, 20: .integer(Int64(bitPattern: number()))
        case 23: .integer(Int64(Int32(truncatingIfNeeded: number())))
        case 21: .integer(Int64(Int16(truncatingIfNeeded: number())))
        case 701: .real(Double(bitPattern: number()))
        case 17: .bytes(Array(bytes))
        case 19, 25, 1043: .text(String(decoding: bytes, as: UTF8.self))
        default:
            throw PostgreSQLError(
                state: "",
                message: "column '\(String(cString: PQfname(result, column)))' has a type that was not made here",
                isLost: false)
        }
    }

    /// Numbers go as text, so that the server converts them; texts and bytes as they are.
    private func withParameters<Result>(
        _ parameters: [ColumnValue],
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        var bytes: [UInt8] = []
        var places: [(offset: Int, isNull: Bool)] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        for parameter in parameters {
            let offset = bytes.count
            var isBinary = false
            switch parameter {
            case .null: break
            case .integer(let number): bytes.append(contentsOf: "\(number)".utf8)
            case .real(let number): bytes.append(contentsOf: "\(number)".utf8)
            case .text(let text):
                bytes.append(contentsOf: text.utf8)
                isBinary = true
            case .bytes(let content):
                bytes.append(contentsOf: content)
                isBinary = true
            }
            places.append((offset, parameter == .null))
            lengths.append(Int32(bytes.count - offset))
            formats.append(isBinary ? 1 : 0)
            bytes.append(0)
        }
        return bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values = places.map { place in
                place.isNull ? nil : start.map { UnsafePointer($0 + place.offset) }
            }
            return body(Int32(parameters.count), values, lengths, formats)
        }
    }
}

/// A list of C strings that ends with a null.
private final class CStrings {
    private var copies: [UnsafeMutablePointer<CChar>?]
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>

    init(_ strings: [String]) {
        copies = strings.map { string in
            let bytes = Array(string.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            copy.initialize(from: bytes, count: bytes.count)
            return copy
        }
        pointers = .allocate(capacity: strings.count + 1)
        for (index, copy) in copies.enumerated() { (pointers + index).initialize(to: UnsafePointer(copy)) }
        (pointers + strings.count).initialize(to: nil)
    }

    deinit {
        for copy in copies { copy?.deallocate() }
        pointers.deallocate()
    }
}

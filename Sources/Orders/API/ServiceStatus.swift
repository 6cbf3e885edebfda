import Services

/// What every service can be asked.
enum CommonRoutes<Owner: EventDriven> {
    static var all: [Route<Owner>] {
        [
            Route(.get, "/health", "Whether the service answers, and what it has to do") { service, _, transaction in
                let status = try ServiceStatus(of: service, in: transaction)
                return .json { json in
                    json.beginObject()
                    json.field("status")
                    json.value("up")
                    status.writeFields(to: &json)
                    json.endObject()
                }
            },
            Route(.get, "/api/services/status", "What services say of themselves") { service, _, transaction in
                let status = try ServiceStatus(of: service, in: transaction)
                return .json { json in
                    json.beginObject()
                    json.field("services")
                    json.beginArray()
                    json.beginObject()
                    json.field("status")
                    json.value("up")
                    status.writeFields(to: &json)
                    json.endObject()
                    json.endArray()
                    json.endObject()
                }
            },
        ]
    }
}

/// What a service can say of itself. That it says anything means that it runs and reaches its store.
struct ServiceStatus {
    let service: String
    let role: String
    let group: String
    let blueprint: String
    let topics: [String]
    /// How much it keeps.
    let tables: [(name: String, rows: Int)]
    /// Events that Kafka has not acknowledged yet.
    let unpublished: Int
    /// Provider calls without an answer.
    let openCalls: Int
    /// Moments that are waited for.
    let deadlines: Int

    init(of service: some EventDriven, in transaction: Transaction) throws {
        let wiring = service.wiring
        self.service = wiring.name
        role = wiring.role.rawValue
        group = wiring.group
        blueprint = wiring.blueprint.name
        topics = wiring.subscriptions.map { wiring.topics.name(of: $0) }
        tables = try Self.counts([InboxRow.self] + type(of: service).tables, in: transaction)
        unpublished = try transaction.count(of: OutboxMessage.self)
        openCalls = try transaction.count(of: CallRow.self)
        deadlines = try transaction.count(of: Deadline.self)
    }

    private static func counts(
        _ types: [any Row.Type], in transaction: Transaction
    ) throws -> [(name: String, rows: Int)] {
        func count<R: Row>(_ type: R.Type) throws -> (name: String, rows: Int) {
            (R.table, try transaction.count(of: type))
        }
        return try types.map { try count($0) }
    }

    func writeFields(to json: inout JSONWriter) {
        json.field("service")
        json.value(service)
        json.field("role")
        json.value(role)
        json.field("group")
        json.value(group)
        json.field("blueprint")
        json.value(blueprint)
        json.field("topics")
        json.beginArray()
        for topic in topics { json.value(topic) }
        json.endArray()
        json.field("store")
        json.beginArray()
        for table in tables {
            json.beginObject()
            json.field("table")
            json.value(table.name)
            json.field("rows")
            json.value(table.rows)
            json.endObject()
        }
        json.endArray()
        json.field("backlog")
        json.beginObject()
        json.field("unpublishedEvents")
        json.value(unpublished)
        json.field("openCalls")
        json.value(openCalls)
        json.field("deadlines")
        json.value(deadlines)
        json.endObject()
    }
}

import Live
import Orders
import Services

/// What those ask who run the system.
extension Gateway {
    /// `/livez`, `/readyz` and `/metrics`; nil for any other path.
    func operationsAnswer(to path: Substring) -> Answer? {
        switch path {
        case "/livez": Answer(response: .json { $0.writeStatus("alive") })
        case "/readyz": readiness
        case "/metrics":
            Answer(
                response: Services.Response(status: 200, body: Array(PrometheusText.render(metrics).utf8)),
                contentType: PrometheusText.contentType)
        default: nil
        }
    }

    /// Whether every instance of this process has its store and its place in its group; 503 says who has not, and what.
    private var readiness: Answer {
        let health = dispatch.health
        let isReady = !health.isEmpty && health.allSatisfy(\.missing.isEmpty)
        let response = Services.Response.json(isReady ? 200 : 503) { json in
            json.beginObject()
            json.field("status")
            json.value(isReady ? "ready" : "not ready")
            json.field("instances")
            json.beginArray()
            for instance in health {
                json.beginObject()
                json.field("instance")
                json.value(instance.name)
                json.field("ready")
                json.value(instance.missing.isEmpty)
                json.field("missing")
                json.beginArray()
                for phrase in instance.missing { json.value(phrase) }
                json.endArray()
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        return Answer(response: response, retryAfter: isReady ? nil : 1, contentType: HTTPContentType.json)
    }

    /// What every service of the blueprint says of itself: those of this process are asked, all at once.
    func statusOfAll(asking ask: @escaping @Sendable (String) async -> Answer) async -> Answer {
        let local = dispatch.services
        let names = blueprint.participants.map(\.name)
        let told = await withTaskGroup(of: (String, Answer).self) { group in
            for name in names where local.contains(name) { group.addTask { (name, await ask(name)) } }
            return await group.reduce(into: [String: Answer]()) { $0[$1.0] = $1.1 }
        }
        let entries = names.map { name -> [UInt8] in
            guard local.contains(name) else { return Self.status("elsewhere", of: name) }
            return told[name].flatMap { Self.onlyEntry(of: $0.response) } ?? Self.status("down", of: name)
        }
        let body = Self.opening + entries.joined(separator: [UInt8(ascii: ",")]) + Self.closing
        return Answer(response: Services.Response(status: 200, body: Array(body)))
    }

    private static let opening = Array(#"{"services":["#.utf8)
    private static let closing = Array("]}".utf8)

    /// The one entry of the list that a service answers; nil when it did not.
    private static func onlyEntry(of response: Services.Response) -> [UInt8]? {
        let body = response.body
        guard response.status == 200, body.starts(with: opening), body.suffix(closing.count).elementsEqual(closing)
        else { return nil }
        return Array(body[opening.count..<(body.count - closing.count)])
    }

    private static func status(_ status: String, of service: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("status")
        json.value(status)
        json.field("service")
        json.value(service)
        json.endObject()
        return json.finish()
    }
}

extension JSONWriter {
    fileprivate mutating func writeStatus(_ status: String) {
        beginObject()
        field("status")
        value(status)
        endObject()
    }
}

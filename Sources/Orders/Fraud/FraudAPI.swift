import Services

/// The fraud service's API.
public enum FraudAPI {
    /// Where it can be seen what was decided about an order, and why: `GET`.
    public static func decisionPath(_ order: Identifier) -> String { "/api/fraud/decisions/\(order.inPath)" }

    /// What was decided about an order, and what would be decided now of its replays.
    static func shown(_ order: Identifier, _ known: FraudCaseRow?, _ replays: [FraudReplayRow]) -> Response {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.field("orderId")
        json.value(order)
        if let known {
            json.field("customerId")
            json.value(known.customer)
            json.field("decision")
            if let verdict = known.verdict {
                let explanation = verdict.limits.explanation(of: verdict.decision, total: known.total)
                write(verdict.decision, explanation, to: &json) { json in
                    json.field("decidedAt")
                    json.value(verdict.at)
                }
            } else {
                json.null()
            }
        }
        json.field("replays")
        json.beginArray()
        for replay in replays { write(replay.now, replay.explanation, to: &json) { _ in } }
        json.endArray()
        json.endObject()
        return Response(status: 200, body: json.finish())
    }

    private static func write(
        _ decision: FraudDecision, _ explanation: String, to json: inout JSONWriter,
        _ more: (inout JSONWriter) -> Void
    ) {
        json.beginObject()
        json.field("outcome")
        json.value(decision.rule == nil ? "passed" : "failed")
        if let rule = decision.rule {
            json.field("rule")
            json.value(rule.name)
        }
        json.field("orders")
        json.value(decision.orders)
        json.field("amount")
        json.value(decision.amount)
        json.field("currency")
        json.value(decision.amount.currency)
        json.field("explanation")
        json.value(explanation)
        more(&json)
        json.endObject()
    }
}

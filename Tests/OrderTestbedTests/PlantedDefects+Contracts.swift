import Kafka
import Orders

@testable import Harness

/// Records that are not what was agreed upon.
extension PlantedDefect {
    static let contracts: [PlantedDefect] = [
        PlantedDefect("events-match-contract", "a required field has another name") { history in
            history.replace("\"paymentId\"", with: "\"chargeId\"", in: .paymentAuthorized)
        },
        PlantedDefect("events-match-contract", "a field that nobody has agreed upon") { history in
            history.replace("\"payload\":{", with: "\"payload\":{\"colour\":\"red\",", in: .inventoryReserved)
        },
        PlantedDefect("events-match-contract", "an optional field has another name") { history in
            history.replace("\"causationId\"", with: "\"causedBy\"", in: .inventoryReserved)
        },
        PlantedDefect("events-match-contract", "an event of the previous version") { history in
            history.replace("\"version\":\"1.1\"", with: "\"version\":\"1.0\"", in: .orderCancelled)
        },
        PlantedDefect("events-match-contract", "a record without a trace") { history in
            history.changeRecord(at: history.first(.shipmentDispatched).index) { record in
                record.headers.removeAll { $0.name == EventHeader.traceParent }
            }
        },
        PlantedDefect("events-match-contract", "a header that names another event") { history in
            let other = history.first(.paymentAuthorized).event.id
            history.changeRecord(at: history.first(.orderCreated).index) { record in
                record.headers = record.headers.map {
                    $0.name == EventHeader.id ? Header(EventHeader.id, other.description) : $0
                }
            }
        },
        PlantedDefect("events-match-contract", "the event of another service") { history in
            history.append(
                history.first(.paymentAuthorized).event.record, whereEntryStands: history.first(.orderCreated).index)
        },
    ]
}

extension History {
    fileprivate mutating func replace(_ text: String, with other: String, in type: EventType) {
        changeRecord(at: first(type).index) { record in
            record.value = record.value?.replacing(Array(text.utf8), with: Array(other.utf8))
        }
    }
}

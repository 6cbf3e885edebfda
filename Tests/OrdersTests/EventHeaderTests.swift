import Kafka
import Services
import Simulation
import Testing

@testable import Orders

/// Headers of events, and the check that holds records against the contracts.
@Suite("Headers of events") struct EventHeaderTests {
    /// Everybody takes part, and every event is published.
    static let blueprint = Blueprint(
        name: "all", topics: [Blueprint.Topic("events", partitions: 1)],
        participants: Blueprint.Role.allCases.filter { $0 != .cart }.map { Blueprint.Participant($0) },
        publications: EventType.allCases.map { Blueprint.Publication($0, to: "events") },
        steps: [])

    private static func record(_ contract: EventContract) throws -> Record {
        let source = try #require(contract.producer(in: blueprint))
        return EventCodec(source: source.name).record(contract.example())
    }

    @Test func everyHeaderSaysWhatItShould() {
        let id = UniqueID(high: 0x0011_2233_4455_8677, low: 0x8899_aabb_ccdd_eeff)
        let story = UniqueID(high: 0xfedc_ba98_7654_8210, low: 0x8000_0000_0000_0001)
        var event = Event(
            id: id, correlation: story, causation: story, at: Instant(nanoseconds: 1_762_869_600_123_456_789),
            payload: .orderCancelled(OrderReason(order: Identifier(literal: "ORD-7"), reason: .sagaTimeout)))
        var names = EventNames()
        names[.orderCancelled] = "ORDER_CANCELLED"
        let codec = EventCodec(names: names, source: "orders")
        let record = codec.record(event)
        let headers = record.headers.map { "\($0.name): \(String(decoding: $0.value, as: UTF8.self))" }
        let expected = [
            "ce_specversion: 1.0", "ce_type: ORDER_CANCELLED", "ce_source: /orrery/orders",
            "ce_id: 00112233-4455-8677-8899-aabbccddeeff", "ce_time: 2025-11-11T14:00:00.123456Z", "ce_subject: ORD-7",
            "content-type: application/json",
            "traceparent: 00-fedcba98765482108000000000000001-8899aabbccddeeff-01",
            "correlation-id: fedcba98-7654-8210-8000-000000000001",
        ]
        #expect(headers == expected + ["causation-id: fedcba98-7654-8210-8000-000000000001"])
        #expect(record.headers.map(\.name) == HeaderContract.all.map(\.name))
        event.causation = nil
        #expect(codec.record(event).headers.map(\.name) == HeaderContract.all.filter(\.isRequired).map(\.name))
    }

    @Test(arguments: EventContract.all) func whatTheCodecWritesIsWhatWasAgreed(contract: EventContract) throws {
        let record = try Self.record(contract)
        let check = ContractCheck(Self.blueprint)
        #expect(check.finding(in: record, of: "events") == nil)
        #expect(check.finding(in: record, of: "elsewhere")?.contains("belongs into topic 'events'") == true)
    }

    /// Each of these is noticed, for each kind of event.
    @Test(arguments: EventContract.all) func whatWasNotAgreedIsNoticed(contract: EventContract) throws {
        let check = ContractCheck(Self.blueprint)
        let record = try Self.record(contract)
        func expect(_ part: String, _ change: (inout Record) -> Void) {
            var changed = record
            change(&changed)
            let finding = check.finding(in: changed, of: "events")
            #expect(finding?.contains(part) == true, "\(finding ?? "nothing"), instead of \(part)")
        }
        func replace(_ text: String, _ other: String) -> (inout Record) -> Void {
            { $0.value = $0.value?.replacing(Array(text.utf8), with: Array(other.utf8), maxReplacements: 1) }
        }
        expect("cannot be read") { $0.value = nil }
        expect("the key is not the order") { $0.key = nil }
        expect("there is no 'orderId'", replace("\"orderId\"", "\"orderNumber\""))
        expect("no such field", replace("\"payload\":{", "\"payload\":{\"note\":1,"))
        expect("no such field", replace("\"eventId\":", "\"note\":1,\"eventId\":"))
        expect("the field is there twice", replace("\"payload\":{", "\"payload\":{\"orderId\":\"ORD-00000042\","))
        expect("not the current version", replace("\"version\":\"1.1\"", "\"version\":\"1.2\""))
        for (index, header) in record.headers.enumerated() {
            expect("'\(header.name)' is missing") { $0.headers.remove(at: index) }
            expect("'\(header.name)' is there twice") { $0.headers.append(header) }
            expect("'\(header.name)' says") { $0.headers[index].value[0] ^= 1 }
        }
        if record.header(EventHeader.causation) == nil {
            expect("'causation-id' says") { $0.headers.append(Header(EventHeader.causation, "x")) }
        }
        var other = EventNames()
        other[contract.type] = "Nonsense"
        #expect(
            check.finding(in: EventCodec(names: other).record(contract.example()), of: "events")?
                .hasPrefix("It cannot be read") == true)
    }

    @Test func onlyWhatIsPublishedMayBeThere() {
        var quiet = Self.blueprint
        quiet.publications = []
        let record = EventCodec().record(EventContract(of: .orderCreated).example())
        #expect(ContractCheck(quiet).finding(in: record, of: "events")?.contains("is not published") == true)
    }
}

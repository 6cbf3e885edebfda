import Kafka
import Testing

@Suite("Client properties")
struct ClientPropertiesTests {
    @Test("Defaults are librdkafka's")
    func defaults() {
        let properties = ClientProperties()
        #expect(properties.acks == .all)
        #expect(properties.integer("linger.ms") == 5)
        #expect(properties.integer("session.timeout.ms") == 45_000)
        #expect(properties.partitioner == .consistentRandom)
        #expect(properties.offsetReset == .latest)
        #expect(!properties.isIdempotent)
    }

    @Test("Every default lies in its own range, and no name is there twice")
    func tableIsSound() {
        var names: [String] = []
        for definition in PropertyTable.all {
            for name in [definition.name] + definition.aliases {
                #expect(!names.contains(name))
                names.append(name)
            }
            switch definition.kind {
            case .integer(let range, let value): #expect(range.contains(value))
            case .choice(let choices, let value): #expect(choices.contains(value))
            case .boolean, .text: break
            }
        }
    }

    @Test("Aliases set the same property")
    func aliases() throws {
        let properties = try ClientProperties([("delivery.timeout.ms", "1000"), ("acks", "1")])
        #expect(properties.integer("message.timeout.ms") == 1_000)
        #expect(properties.acks == .leader)
        #expect(properties.explicit.map(\.name) == ["request.required.acks", "message.timeout.ms"])
    }

    @Test("An unknown name is refused with the nearest one")
    func suggestion() {
        #expect(throws: PropertyError.unknown(name: "sesion.timeout.ms", suggestion: "session.timeout.ms")) {
            try ClientProperties([("sesion.timeout.ms", "6000")])
        }
        #expect(throws: PropertyError.unknown(name: "flux.capacitor", suggestion: nil)) {
            try ClientProperties(["flux.capacitor": "on"])
        }
    }

    @Test("Ill-typed and out-of-range values are refused")
    func values() {
        #expect(throws: PropertyError.illTyped(name: "linger.ms", value: "soon", expected: "a whole number")) {
            try ClientProperties([("linger.ms", "soon")])
        }
        #expect(throws: PropertyError.outOfRange(name: "linger.ms", value: "-1", expected: "0...900000")) {
            try ClientProperties([("linger.ms", "-1")])
        }
        #expect(throws: PropertyError.self) { try ClientProperties([("acks", "2")]) }
        #expect(throws: PropertyError.self) { try ClientProperties([("enable.idempotence", "yes")]) }
    }

    @Test(
        "Combinations that librdkafka refuses are refused",
        arguments: [
            [("enable.idempotence", "true"), ("acks", "1")],
            [("enable.idempotence", "true"), ("max.in.flight", "6")],
            [("enable.idempotence", "true"), ("retries", "0")],
            [("session.timeout.ms", "3000"), ("heartbeat.interval.ms", "3000")],
            [("reconnect.backoff.ms", "20000")],
            [("fetch.max.bytes", "999999")],
        ])
    func conflicts(properties: [(String, String)]) {
        #expect(throws: PropertyError.self) {
            try ClientProperties(properties.map { (name: $0.0, value: $0.1) })
        }
    }
}

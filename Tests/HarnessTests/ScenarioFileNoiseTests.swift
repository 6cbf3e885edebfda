import Harness
import Simulation
import Testing

@Suite("Noise in place of scenario files")
struct ScenarioFileNoiseTests {
    private static let purpose = Purpose("mutations")

    /// Bytes that mean something to YAML or to the table of fields.
    private static let fragments: [[UInt8]] =
        [
            "[", "]", "{", "}", ": ", "- ", "? ", "&a ", "*a", "!!int ", "|", ">", "'", "\"", "#", "\n", "\n  ", "\t",
            "%",
            "---\n", "...\n", "<<: ", "\\x00", "-1", "1e999", "9223372036854775808", "0s..", "..", "/s", "\u{feff}",
            "\0",
            "plan:", "cluster:", "brokers:", "crash-broker:", "broker 99", "é", "🚀",
        ].map { Array($0.utf8) } + [[0xff], [0xc3], [0xed, 0xa0, 0x80]]

    private static let healthy = Array(
        """
        purpose: A broker dies between the reservation and the payment; nothing may be lost.
        cluster: {brokers: 3, replication-factor: 3, latency: 200us..800us}
        clients: {linger.ms: 5, acks: all}
        services: {order: 2, payment: 2}
        timing: {transaction: 500us..2ms, settle-limit: 180s}
        workload: {rate: 20/s, lines: 1..4}
        policies:
          deduplication: "inbox"
        faults:
          until: 20s
          duplicate-records: 0.05
        plan:
          - crash-broker: {broker: 2, at: 2.4s, for: 800ms, losing: unflushed-tail}
          - partition: {from: [broker 1], to: [payment/1, order/1], at: 1s, for: 1s}
          - provider: {service: payment, subject: ORD-00000007, number: 1, fate: late, by: 4s}

        """.utf8)

    /// True when the bytes are a scenario, false when they are refused; every error must be worth printing.
    @discardableResult
    private func survives(_ bytes: [UInt8]) -> Bool {
        do throws(InvalidScenario) {
            _ = try ScenarioFile.parse(bytes, file: "x.yaml", system: OptionsOnlySystem.self)
            return true
        } catch {
            #expect(!error.errors.isEmpty)
            for line in error.errors.map(\.description) {
                #expect(line.hasPrefix("x.yaml:") && !line.contains("\n") && line.utf8.count < 1_000)
            }
            return false
        }
    }

    @Test("Thousands of damaged files are read or refused, never a crash")
    func mutations() {
        let draws = Draws(seed: 1)
        var accepted = 0
        for round in UInt64(0)..<2_000 {
            var bytes = Self.healthy
            for edit in 0...(round % 6) {
                func draw(_ count: Int, _ what: UInt64) -> Int {
                    draws.index(below: count, Self.purpose, round, edit, what)
                }
                let start = draw(bytes.count, 0)
                let end = min(bytes.count, start + draw(12, 1))
                switch draw(4, 2) {
                case 0: bytes.removeSubrange(start..<end)
                case 1: bytes.insert(contentsOf: Self.fragments[draw(Self.fragments.count, 3)], at: start)
                case 2: bytes.replaceSubrange(start..<end, with: Self.fragments[draw(Self.fragments.count, 3)])
                default: bytes.insert(contentsOf: bytes[start..<end], at: draw(bytes.count, 4))
                }
            }
            if survives(bytes) { accepted += 1 }
        }
        #expect(accepted > 0 && accepted < 2_000)
    }

    /// What a megabyte of each sort of noise is made of.
    private static let noises: [(name: String, unit: String)] = [
        ("brackets", "["), ("braces", "{a: "), ("dashes", "- "), ("questions", "? "), ("quotes", "\""),
        ("stars", "*a "),
        ("anchors", "&a "), ("keys", "a:\n"), ("items", "- a\n"), ("flow items", "a, "), ("colons", ": "),
        ("tags", "! "),
        ("percents", "%"), ("blocks", "|\n "), ("blanks", " "), ("line breaks", "\n"), ("words", "word "),
        ("comments", "#"), ("tabs", "\t"), ("bars", "| "), ("nested", "a: {b: [c, d]}\n"), ("pairs", "[a]: [b]\n"),
    ]

    @Test("A megabyte of noise is refused at once", arguments: noises.map(\.name))
    func megabyte(_ name: String) throws {
        let unit = try #require(Self.noises.first { $0.name == name }).unit
        let bytes = Array(String(repeating: unit, count: (1 << 20) / unit.utf8.count).utf8)
        let clock = ContinuousClock()
        let time = clock.measure { #expect(!survives(bytes)) }
        #expect(time < .seconds(10), "a debug build is slow, but not that slow")
    }

    @Test("A megabyte of random bytes, letters or lines is refused")
    func randomMegabytes() {
        let draws = Draws(seed: 2)
        for alphabet in [Array(0...255), Array(32...126), Array("ab: -\n[]{}'\"".utf8)] as [[UInt8]] {
            let bytes = (0..<UInt64(1 << 20)).map { alphabet[draws.index(below: alphabet.count, Self.purpose, $0)] }
            #expect(!survives(bytes))
        }
    }

    @Test(
        "Bombs are refused by name",
        arguments: [
            (String(repeating: "[", count: 70), "x.yaml:1: nested more than 64 levels deep"),
            (String(repeating: "- ", count: 70), "x.yaml:1: nested more than 64 levels deep"),
            (
                (0..<80).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
                "x.yaml:64: nested more than 64 levels deep"
            ),
            (
                "a: &a [x]\n" + String(repeating: "b: [*a, *a, *a]\n", count: 3),
                "x.yaml: more than 8 aliases (*name) – write the values out"
            ),
            ("purpose: \u{0}", "x.yaml:1: invalid YAML: control characters are not allowed"),
            (String(repeating: "a:\n", count: 200_001), "x.yaml: more than 200000 values"),
            (String(repeating: " ", count: 4 << 20) + "x", "x.yaml: the file is larger than 4 MiB – is it a scenario?"),
        ])
    func bombs(_ text: String, _ message: String) {
        #expect(errors(text) == [message])
    }

    @Test("A few aliases are welcome")
    func aliases() throws {
        let scenario = try parse("cluster: {replication-factor: &n 3, brokers: *n}")
        #expect(scenario.cluster.brokers == 3)
    }

    @Test("Text that is not UTF-8 is refused with its line")
    func encoding() {
        #expect(throws: InvalidScenario([ScenarioError(file: "x", line: 2, message: "the file is not UTF-8 text")])) {
            try ScenarioFile.parse(
                Array("purpose: x\n".utf8) + [0xff, 0xfe], file: "x", system: OptionsOnlySystem.self)
        }
    }
}

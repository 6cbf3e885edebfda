import Harness
import Testing

@Suite("Errors in scenario files")
struct ScenarioFileErrorTests {
    @Test(
        "An error names the line and what was probably meant",
        arguments: [
            ("purpose: x\npolices: {}", "x.yaml:2:1: unknown key 'polices' – did you mean 'policies'?"),
            ("cluster:\n  broker: 3", "x.yaml:2:3: unknown key 'broker' – did you mean 'brokers'?"),
            ("cluster: {rate: 3}", "x.yaml:1:11: unknown key 'rate' – 'rate' belongs into the section 'workload'"),
            (
                "duplicate-records: 0.1",
                "x.yaml:1:1: unknown key 'duplicate-records' – 'duplicate-records' belongs into the section 'faults'"
            ),
            ("cluster: {brokers: five}", "x.yaml:1:20: expected a whole number from 1 to 9, found 'five'"),
            ("cluster: {brokers: '3'}", "x.yaml:1:20: expected a whole number from 1 to 9, found the text '3'"),
            ("cluster: {brokers: 12}", "x.yaml:1:20: 12 is out of range: 1 to 9 is possible"),
            ("cluster: {brokers: [1]}", "x.yaml:1:20: expected a whole number from 1 to 9, found a list"),
            ("cluster: 3", "x.yaml:1:10: expected a section with keys such as 'brokers', found '3'"),
            ("workload: {rate: -2}", "x.yaml:1:18: a rate cannot be negative, found -2"),
            ("workload: {rate: .nan}", "x.yaml:1:18: expected a rate, such as 0.2/s or 3/min, found '.nan'"),
            ("workload: {rate: 1/week}", "x.yaml:1:18: expected a rate, such as 0.2/s or 3/min, found '1/week'"),
            ("faults: {lost-requests: 1.5}", "x.yaml:1:25: 1.5 is no probability: 0 to 1"),
            ("faults: {until: 20}", "x.yaml:1:17: 20 needs a unit: 20ms or 20s"),
            ("faults: {until: -2s}", "x.yaml:1:17: a length of time cannot be negative, found -2s"),
            ("faults: {until: 0.5ns}", "x.yaml:1:17: 0.5ns is finer than a nanosecond"),
            (
                "faults: {until: 99999999999999999999s}",
                "x.yaml:1:17: 99999999999999999999s is too long: 100000000s is the most"
            ),
            ("faults: {from: 9s, until: 2s}", "x.yaml:1:27: faults end at 2s, before they begin at 9s"),
            (
                "faults: {spike-delay: 2s..1s}",
                "x.yaml:1:23: the range ends before it begins – did you mean 1s..2s?"
            ),
            (
                "policies: {deduplication: inbx}",
                "x.yaml:1:27: expected one of inbox, memory, none, found 'inbx' – did you mean 'inbox'?"
            ),
            (
                "cluster: {brokers: 2}",
                "x.yaml:1:10: a replication factor of 3 needs as many brokers; there are 2"
                    + " – raise 'cluster.brokers', or set 'cluster.replication-factor' to 2"
            ),
            (
                "cluster: {min-insync-replicas: 4}",
                "x.yaml:1:32: 4 in-sync replicas are required of 3 replicas: nothing could be written"
                    + " – set 'cluster.min-insync-replicas' to 3 or less"
            ),
            ("services: {paiment: 2}", "x.yaml:1:12: there is no service 'paiment' – did you mean 'payment'?"),
            ("services: {order: 0}", "x.yaml:1:19: 0 is out of range: 1 to 64 is possible"),
            ("clients: {liger.ms: 5}", "x.yaml:1:11: unknown client property 'liger.ms' – did you mean 'linger.ms'?"),
            ("clients: {acks: many}", "x.yaml:1:11: 'acks' cannot be 'many' – write one of -1, all, 0, 1"),
            (
                "clients: {linger.ms: -5}",
                "x.yaml:1:11: 'linger.ms' is out of range with -5 – choose a number in 0...900000"
            ),
            ("clients: {acks: [all]}", "x.yaml:1:17: expected a value, found a list"),
            ("cluster: {brokers: 3, brokers: 4}", "x.yaml:1:11: given twice: 'brokers' – keep one of them"),
            ("cluster: {brokers: 3, \"brokers\": 4}", "x.yaml:1:11: given twice: 'brokers' – keep one of them"),
            ("cluster: {brokers: 3, !x brokers: 4}", "x.yaml:1:23: given twice: 'brokers' – keep one of them"),
            ("a: [", "x.yaml:1: invalid YAML: did not find expected node content"),
            ("", "x.yaml: the file is empty – begin with 'purpose: what the scenario is for'"),
            ("# nothing\n", "x.yaml: the file is empty – begin with 'purpose: what the scenario is for'"),
            ("just words", "x.yaml:1:1: expected keys with values, found 'just words'"),
            ("? [a]\n: b", "x.yaml:1:3: expected a key, found a list"),
            ("purpose: x\n---\npurpose: y\n", "x.yaml:2:1: invalid YAML: but found another document"),
        ])
    func errorsOfFiles(_ text: String, _ message: String) {
        #expect(errors(text) == [message])
    }

    @Test(
        "Actions of a plan must name what is there",
        arguments: [
            (
                "crash-broker: {broker: 4, at: 1s, for: 1s}",
                "1:33: there is no broker 4: the cluster has brokers 1 to 3"
            ),
            ("crash-broker: {broker: 2}", "1:24: crash-broker needs 'at', 'for'"),
            ("crash-brokr: {}", "1:10: unknown fault action 'crash-brokr' – did you mean 'crash-broker'?"),
            ("crash-broker: {broker: 2, at: 1s, four: 1s}", "1:44: unknown key 'four' – did you mean 'for'?"),
            (
                "lose-message: {from: payment/3, to: broker 2, number: 0}",
                "1:31: there is no machine 'payment/3' – did you mean 'payment/1'?"
            ),
            (
                "lose-message: {from: payment/1, to: broker 9, number: 0}",
                "1:46: there is no broker 9: the cluster has brokers 1 to 3"
            ),
            (
                "poison: {kind: huge, topic: order, at: 1s, number: 3}",
                "1:38: there is no topic 'order' – did you mean 'orders'?"
            ),
            (
                "crash-instance: {instance: order, before-effect: 3, restart-after: 1s}",
                "1:37: there is no instance 'order' – choose from order/1, order/2, payment/1, payment/2"
            ),
            (
                "provider-outage: {service: pay, at: 1s, for: 1s}",
                "1:37: there is no service 'pay' – choose from order, payment"
            ),
            (
                "provider: {service: payment, subject: far too long for an id, number: 1, fate: lost}",
                "1:48: expected an id of up to 15 ASCII characters, found 'far too long for an id'"
            ),
            (
                "scale: {service: orders, to: 3, at: 1s, for: 1s}",
                "1:27: there is no service 'orders' – did you mean 'order'?"
            ),
            ("scale: {service: order, to: 65, at: 1s, for: 1s}", "1:38: 65 is out of range: 0 to 64 is possible"),
            (
                "skew-clock: {instance: order/3, by: 1s, at: 1s, for: 1s}",
                "1:33: there is no instance 'order/3' – did you mean 'order/1'?"
            ),
            (
                "duplicate-message: {from: broker 2, to: payment/1, number: 0}",
                "1:36: only requests of clients arrive twice, and broker 2 sends none: name an instance, client or stranger"
            ),
            (
                "elect-unclean: {topic: orders, partition: 3, at: 1s}", "1:52: topic 'orders' has partitions 0 to 2"
            ),
            (
                "pause-broker: {broker: 4, at: 1s, for: 1s}",
                "1:33: there is no broker 4: the cluster has brokers 1 to 3"
            ),
            (
                "slow-link: {from: [client], to: [nobody], by: 1s, at: 1s, for: 1s}",
                "1:43: there is no machine 'nobody'"
            ),
            (
                "full-disk: {service: broker, at: 1s, for: 1s}",
                "1:31: there is no service 'broker' – choose from order, payment"
            ),
            (
                "drop-record: {topic: order, key: a, number: 1, after: 1s}",
                "1:31: there is no topic 'order' – did you mean 'orders'?"
            ),
            (
                "partition: {from: [], to: [broker 1], at: 1s, for: 1s}",
                "1:28: expected a list of machines, found an empty list"
            ),
        ])
    func plans(_ action: String, _ message: String) {
        #expect(errors("plan: [{ \(action) }]") == ["x.yaml:\(message)"])
    }

    @Test("All errors of a file are told at once, in its order")
    func allErrors() {
        let text = """
            purpos: x
            cluster: {brokers: 30}
            faults:
              lost-requests: 2
              until: soon
            plan:
              - crash-broker: {broker: x, at: 1s, for: 1s}
            """
        #expect(
            errors(text) == [
                "x.yaml:1:1: unknown key 'purpos' – did you mean 'purpose'?",
                "x.yaml:2:20: 30 is out of range: 1 to 9 is possible",
                "x.yaml:4:18: 2 is no probability: 0 to 1",
                "x.yaml:5:10: expected a length of time, such as 800ms or 2.4s, found 'soon'",
                "x.yaml:7:28: expected a whole number from 1 to 9, found 'x'",
            ])
    }
}

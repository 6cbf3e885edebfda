import Foundation
import LiveTestSupport
import Testing

/// The command line of `orrery-live`.
@Suite(.ownThread) struct CommandTests {
    @Test func `Help names every command, and what the embedded broker is not`() throws {
        let directory = try TemporaryDirectory()
        let help = try Called(["--help"], in: directory)
        #expect(help.code == 0)
        for command in ["serve", "lag", "topics", "dead-letters", "doctor"] {
            #expect(help.output.contains("  \(command)"))
        }
        let serve = try Called(["serve", "--help"], in: directory)
        let text = serve.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("It is for development: it keeps records in memory only"))
        #expect(text.contains("forgets everything when the process ends"))
        #expect(text.contains("tok_declined is declined"))
    }

    @Test(arguments: [
        (["serve", "--port", "70000"], "--port must be from 0 to 65535."),
        (["serve", "--services", "order,oven"], "there is no 'oven'; blueprint 'standard' has order, "),
        (["serve", "--services", ","], "--services must name some services, or say all."),
        (["serve", "--brokers", "kafka"], "write HOST:PORT, several of them separated by commas, or embedded."),
        (["serve", "--store", "mysql://x"], "'mysql://x' is no place for a store."),
        (["serve", "--set", "workload.orders=3"], "this key is about simulated runs."),
        (["serve", "--set", "x"], "'x' sets nothing: write KEY=VALUE"),
        (["serve", "--client", "session.timeout=1"], "session.timeout.ms"),
        (["serve", "--instances", "0"], "--instances must be from 1 to 100."),
        (["serve", "--topic-prefix", "a b"], "--topic-prefix may have at most 100 characters"),
        (["dead-letters", "redrive"], "Name letters, as 'dead-letters list' shows them, or say --all."),
        (["dead-letters", "redrive", "orders.dlq/0@1", "--all"], "Name letters, or say --all."),
        (["dead-letters", "show", "orders.dlq"], "The value 'orders.dlq' is invalid"),
        (["lag", "--brokers", "x:99999"], "write HOST:PORT"),
    ]) func `A wrong command line is exit code 64, and says what is wrong`(
        arguments: [String], message: String
    ) throws {
        let called = try Called(arguments, in: TemporaryDirectory())
        #expect(called.code == 64, "\(called.error)")
        #expect(called.error.contains(message), "\(called.error)")
        #expect(called.output.isEmpty)
    }

    @Test func `An override that is wrong is exit code 65`() throws {
        let called = try Called(["serve", "--set", "policies.poison=eat"], in: TemporaryDirectory())
        #expect(called.code == 65)
        #expect(called.error.contains("'eat'"))
    }

    @Test(arguments: [["lag"], ["topics"], ["dead-letters", "list"]]) func `Without a cluster there is nothing to ask`(
        arguments: [String]
    ) throws {
        let called = try Called(arguments, in: TemporaryDirectory())
        #expect(called.code == 69)
        #expect(called.error.contains("start 'orrery serve' in this directory, or name one with --brokers"))
    }

    @Test func `A broker that does not answer is told from one that is not named`() throws {
        let directory = try TemporaryDirectory()
        // Nobody listens on port 1.
        let named = try Called(["lag"], in: directory, environment: ["ORRERY_KAFKA_BROKERS": "127.0.0.1:1"])
        #expect(named.code == 69)
        #expect(named.error.contains("no cluster answers at 127.0.0.1:1"))
        let doctor = try Called(["doctor", "--brokers", "127.0.0.1:1"], in: directory)
        #expect(doctor.code == 1)
        #expect(doctor.output.contains("✓ librdkafka 2."))
        #expect(doctor.output.contains("✗ no cluster answers at 127.0.0.1:1"))
        #expect(doctor.output.contains("✓ the store's directory 'orrery-data' can be written"))
    }

    @Test func `orrery hands its commands over`() throws {
        let directory = try TemporaryDirectory()
        let called = try Called(
            ["serve", "--services", "oven"], program: Programs.url("orrery"), in: directory)
        #expect(called.code == 64)
        #expect(called.error.contains("there is no 'oven'"))
        let help = try Called(["lag", "--help"], program: Programs.url("orrery"), in: directory)
        #expect(help.code == 0 && help.output.contains("orrery-live lag"))
    }
}

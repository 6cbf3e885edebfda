import ArgumentParser
import Foundation

/// `orrery-live`, the program for the commands that touch the real world. It is one of its own, as git and cargo have them,
/// so that the simulator needs neither librdkafka nor a web server.
enum LiveProgram {
    static let name = "orrery-live"

    /// What `orrery-live` is to be called with for a line that asks for a run on a real cluster; nil for any other line.
    static func run(_ arguments: [String]) -> [String]? {
        guard arguments.first == "run" else { return nil }
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return nil }
            let target: String?
            if argument == "--target" {
                target = index + 1 < arguments.count ? arguments[index + 1] : nil
            } else if argument.hasPrefix("--target=") {
                target = String(argument.dropFirst("--target=".count))
            } else {
                continue
            }
            return target == RunTarget.embedded.rawValue || target == RunTarget.kafka.rawValue ? arguments : nil
        }
        return nil
    }

    /// Becomes that program. Throws when it is not there.
    static func become(_ arguments: [String]) throws -> Never {
        for path in candidates where access(path, X_OK) == 0 {
            var pointers = ([path] + arguments).map { strdup($0) } + [nil]
            execv(path, &pointers)
        }
        Console().note(
            "error: '\(arguments.first ?? "")' needs \(name), which is not built: swift build -c release --product \(name), "
                + "or make build-live (librdkafka and libpq must be installed: make setup-live).")
        throw ExitCode.unavailable
    }

    /// Beside this program, then wherever the shell looks.
    private static var candidates: [String] {
        let own = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return ([own].compactMap { $0 } + path.split(separator: ":").map(String.init)).map { "\($0)/\(name)" }
    }
}

/// Where a scenario runs.
enum RunTarget: String, CaseIterable, ExpressibleByArgument {
    case simulation, embedded, kafka
}

/// A command of `orrery-live` that is called by way of this program.
protocol ForwardedCommand: ParsableCommand {
    var arguments: [String] { get }
}

extension ForwardedCommand {
    static func configured(_ name: String, _ abstract: String) -> CommandConfiguration {
        CommandConfiguration(commandName: name, abstract: abstract)
    }

    func run() throws { try LiveProgram.become([Self.configuration.commandName ?? ""] + arguments) }
}

/// `orrery serve`
struct ServeCommand: ForwardedCommand {
    static let configuration = configured(
        "serve", "Run the services with their HTTP API, on an embedded broker or Kafka.")
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}

/// `orrery replay`
struct ReplayCommand: ForwardedCommand {
    static let configuration = configured("replay", "Replay what a live instance has recorded, step by step.")
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}

/// `orrery lag`
struct LagCommand: ForwardedCommand {
    static let configuration = configured("lag", "Show how far behind each consumer group is.")
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}

/// `orrery topics`
struct TopicsCommand: ForwardedCommand {
    static let configuration = configured("topics", "Show the topics of the system, and what is wrong with them.")
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}

/// `orrery dead-letters`
struct DeadLettersCommand: ForwardedCommand {
    static let configuration = configured(
        "dead-letters", "List, show and send back records that no service could process.")
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}

/// `orrery doctor`
struct DoctorCommand: ForwardedCommand {
    static let configuration = configured(
        "doctor", "Check what a live system needs: librdkafka, cluster, topics, clock, store.")
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}

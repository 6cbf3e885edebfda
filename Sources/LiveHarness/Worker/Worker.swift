import Foundation
import Harness
import Kafka
import Live
import Services
import Simulation
import Stores

/// The process of one service instance of a run: what the hidden command `worker` does.
public enum Worker {
    /// Runs the instance that standard input asks for, until it is told to stop (SIGTERM) or the run is gone.
    ///
    /// - Returns: the exit code.
    public static func run(system: any SystemUnderTest.Type) -> Int32 {
        closeInheritedSockets()
        // Whatever else is printed must not get between the messages.
        let output = dup(STDOUT_FILENO)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        return run(system: system, input: STDIN_FILENO, output: output)
    }

    /// The brokers may live in the process that has started this one: as long as this one has their sockets too, closing one
    /// there ends no connection.
    private static func closeInheritedSockets() {
        for descriptor in (STDERR_FILENO + 1)..<4_096 {
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { close(descriptor) }
        }
    }

    static func run(system: any SystemUnderTest.Type, input: Int32, output: Int32) -> Int32 {
        let line = WorkerLine(output: output)
        var messages = WorkerInput(input)
        do {
            guard case .begin(let setup) = try messages.next() else { return 0 }
            return run(try WorkerInstance(setup, system: system, line: line), messages, line)
        } catch {
            line.send(.ended("\(error)"))
            return 1
        }
    }

    private static func run(_ instance: WorkerInstance, _ messages: WorkerInput, _ line: WorkerLine) -> Int32 {
        signal(SIGTERM, SIG_IGN)
        let stopping = DispatchSource.makeSignalSource(signal: SIGTERM, queue: DispatchQueue(label: "stop"))
        stopping.setEventHandler { instance.live.stop() }
        stopping.resume()
        instance.live.start()
        Thread.detachNewThread {
            var messages = messages
            while let message = try? messages.next() { instance.receive(message) }
            // The run is gone; nobody is left to stop this process.
            _exit(0)
        }
        let failure = instance.live.join()
        line.send(.ended(failure))
        return failure == nil ? 0 : 1
    }
}

/// An instance with its connections to the run.
private final class WorkerInstance: Sendable {
    let live: LiveInstance
    private let line: WorkerLine
    private let providers: WorkerProviders

    init(_ setup: WorkerSetup, system: any SystemUnderTest.Type, line: WorkerLine) throws {
        self.line = line
        providers = WorkerProviders(line: line)
        let scenario = try ScenarioFile.parse(text: setup.scenario, file: setup.file, system: system)
        let cast = LiveCast(scenario)
        let member = cast.members[setup.index]
        let service = cast.services[member.service]
        let identity = UInt64(setup.index) << 32 | UInt64(setup.life)
        var configuration = LiveConfiguration(
            name: member.name, number: member.number, service: service,
            seed: Draws(seed: setup.seed).substream(.instance, identity).seed,
            properties: try ClientProperties(scenario.clients), brokers: setup.brokers,
            topics: LiveTopics(cast.topics, prefix: setup.prefix))
        configuration.settings.policies = scenario.system.policies
        configuration.clock = LiveClock(origin: setup.origin)
        configuration.isEmbedded = setup.isEmbedded
        configuration.stampsRecords = true
        configuration.recordings = setup.recordings
        configuration.system = setup.scenario
        let store = try StoreLocation(setup.store, prefix: setup.storePrefix)
        live = LiveInstance(
            configuration, openStore: { try store.open(service: service.name) }, providers: providers,
            listener: WorkerListener(line: line),
            interference: { WorkerInterference(setup: setup, cast: cast, scenario: scenario, line: line) })
    }

    func receive(_ message: ToWorker) {
        switch message {
        case .begin: break
        case .request(let request):
            live.submit(request) { [line] response in
                // Without an answer the client finds out by itself, as from any server that goes away.
                if let response { line.send(.response(request: request.id, response)) }
            }
        case .providerAnswer(let call, let body): providers.answer(call, body)
        case .status(let number):
            live.pendingWork { [line] work in line.send(.pending(number, work ?? ["is stopping"])) }
        }
    }
}

/// The providers, who live in the run.
private final class WorkerProviders: ProviderConnection, @unchecked Sendable {
    private typealias Answer = @Sendable (_ body: [UInt8]?) -> Void

    private let line: WorkerLine
    private let lock = NSLock()
    private var last: UInt64 = 0
    private var waiting: [UInt64: Answer] = [:]
    /// Answers come late, twice, or never: those to older calls than so many are not waited for.
    private static let memory: UInt64 = 4_096

    init(line: WorkerLine) { self.line = line }

    func call(_ call: ProviderCall, of service: String, answer: @escaping @Sendable (_ body: [UInt8]?) -> Void) {
        let number = lock.withLock {
            last += 1
            waiting[last] = answer
            if last > Self.memory { waiting[last - Self.memory] = nil }
            return last
        }
        line.send(.call(number, call))
    }

    func answer(_ number: UInt64, _ body: [UInt8]?) {
        let answer = lock.withLock { waiting[number] }
        answer?(body)
    }
}

/// Tells the run what its history needs.
private struct WorkerListener: InstanceListener {
    let line: WorkerLine

    func acknowledged(_ partition: TopicPartition, offset: Int64) {
        line.send(.acknowledged(partition, offset: offset))
    }

    /// The call itself is told, with the number of its answer.
    func called(_ call: ProviderCall) {}

    func noted(_ note: InstanceNote) {
        switch note {
        case .started: line.send(.started)
        case .trouble(let sentence): line.send(.note(sentence))
        case .assigned, .revoked, .failed, .stopped: break
        }
    }
}

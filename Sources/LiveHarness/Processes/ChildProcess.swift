import Foundation
import RdKafka

/// A process that a run has started, with a pipe to it and one from it. Neither reading nor writing ever waits: a child
/// that is stopped does not stop the run. Used by one thread.
final class ChildProcess {
    /// What to start.
    struct Command: Sendable {
        var executable: String
        var arguments: [String]
    }

    /// How a process ended.
    enum Ending: Hashable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    let pid: pid_t
    /// Where what it writes can be read.
    let output: Int32
    private let input: Int32
    /// What did not fit into the pipe yet.
    private var backlog: [UInt8] = []
    private var hasEnded = false

    /// - Throws: `ChildProcessError` when the system does not start it.
    init(_ command: Command) throws(ChildProcessError) {
        // A pipe whose reader has died must not end this process.
        Foundation.signal(SIGPIPE, SIG_IGN)
        let (childInput, input) = try Self.pipe()
        let (output, childOutput) = try Self.pipe()
        defer {
            close(childInput)
            close(childOutput)
        }
        self.input = input
        self.output = output
        pid = try Self.spawn(command, input: childInput, output: childOutput)
        for end in [input, output] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
    }

    deinit {
        if !hasEnded {
            kill(pid, SIGKILL)
            _ = waitForEnd()
        }
        close(input)
        close(output)
    }

    /// A pipe whose ends no other child inherits: else its reader would not see that the writer is gone.
    private static func pipe() throws(ChildProcessError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw ChildProcessError("no pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ command: Command, input: Int32, output: Int32
    ) throws(ChildProcessError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // A group of its own: Ctrl-C is for the run, which ends its children itself; and should the run die while a child
        // is stopped, the system wakes and ends the orphaned group.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = ([command.executable] + command.arguments).map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let error = SpawnGate.holding {
            posix_spawn(&pid, command.executable, &actions, &attributes, arguments, environ)
        }
        guard error == 0 else { throw ChildProcessError("cannot start \(command.executable)", code: error) }
        return pid
    }

    // MARK: Writing and reading

    /// Whether something waits for room in the pipe.
    var hasBacklog: Bool { !backlog.isEmpty }
    /// Where to wait for that room.
    var inputDescriptor: Int32 { input }

    /// Sends bytes, now or as soon as there is room.
    func send(_ bytes: [UInt8]) {
        backlog += bytes
        flush()
    }

    /// Sends what fits.
    func flush() {
        while !backlog.isEmpty {
            let count = backlog.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
            guard count > 0 else {
                // Nobody is going to read it any more.
                if count < 0, errno != EAGAIN, errno != EINTR { backlog.removeAll() }
                return
            }
            backlog.removeFirst(count)
        }
    }

    /// What has arrived; nil at the end.
    func receive() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(output, &bytes, bytes.count)
        if count > 0 { return Array(bytes[..<count]) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
    }

    /// Sends a signal, unless the process is gone.
    func signal(_ number: Int32) {
        if !hasEnded { kill(pid, number) }
    }

    /// Waits until the process is gone.
    func waitForEnd() -> Ending {
        hasEnded = true
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        // As <sys/wait.h> takes it apart; its macros do not import.
        let number = status & 0x7f
        return number == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: number)
    }
}

/// The system does not start a process.
struct ChildProcessError: Error, CustomStringConvertible {
    let description: String

    init(_ what: String, code: Int32) { description = "\(what): \(String(cString: strerror(code)))" }
}

import Foundation
import LiveTestSupport
import Testing

@testable import LiveHarness

@Suite("A process under supervision", .timeLimit(.minutes(1)), .ownThread)
struct ChildProcessTests {
    /// Says back whatever it is told.
    private static let echo = ChildProcess.Command(executable: "/bin/cat", arguments: [])

    /// What has arrived from a child, once there is enough of it.
    private func read(_ count: Int, from child: ChildProcess) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            child.flush()
            bytes += try #require(child.receive(), "it is still there")
            if bytes.count < count { usleep(1_000) }
        }
        return bytes
    }

    @Test("hears and speaks, more than a pipe takes at once")
    func echo() throws {
        let child = try ChildProcess(Self.echo)
        let message = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        child.send(message)
        #expect(child.hasBacklog)
        #expect(try read(message.count, from: child) == message)
        #expect(!child.hasBacklog)
    }

    @Test("is killed, and its successor takes over")
    func kill() throws {
        let first = try ChildProcess(Self.echo)
        first.send([1])
        #expect(try read(1, from: first) == [1])
        first.signal(SIGKILL)
        while let rest = first.receive() {
            #expect(rest.isEmpty)
            usleep(1_000)
        }
        #expect(first.waitForEnd() == .killed(signal: SIGKILL))
        first.send([2])
        #expect(!first.hasBacklog, "nothing waits for the dead")
        let second = try ChildProcess(Self.echo)
        second.send([3])
        #expect(try read(1, from: second) == [3])
    }

    @Test("does not hold anybody up while it is stopped, and goes on afterwards")
    func freeze() throws {
        let child = try ChildProcess(Self.echo)
        child.signal(SIGSTOP)
        let message = [UInt8](repeating: 7, count: 300_000)
        child.send(message)
        #expect(child.hasBacklog)
        #expect(try #require(child.receive()).isEmpty)
        child.signal(SIGCONT)
        #expect(try read(message.count, from: child) == message)
    }

    @Test("ends when nobody speaks to it any more")
    func orphan() throws {
        var child: ChildProcess? = try ChildProcess(Self.echo)
        let pid = try #require(child?.pid)
        child = nil
        #expect(Foundation.kill(pid, 0) == -1, "it is gone, and was waited for")
    }

    @Test("what cannot be started is said")
    func missing() {
        #expect(throws: ChildProcessError.self) {
            _ = try ChildProcess(ChildProcess.Command(executable: "/nowhere/worker", arguments: []))
        }
    }
}

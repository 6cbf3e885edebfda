import Foundation
import RdKafka

/// A PostgreSQL server of the tests' own: made on first use, once in a process, and gone with it.
public enum PostgreSQLServer {
    /// Where it can be reached; nil when PostgreSQL is not installed.
    public static let url: String? = start()

    /// The directory of `initdb` and `postgres`, the newest if there are several.
    private static let programs: String? = {
        let debian = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders =
            debian.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { "/usr/lib/postgresql/\($0)/bin" }
            + ["/opt/homebrew/opt/postgresql@17/bin", "/usr/local/opt/postgresql@17/bin"]
            + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
    }()

    private static func start() -> String? {
        guard let programs else {
            print("PostgreSQL is not installed: its cases are skipped. scripts/setup.sh live installs it.")
            return nil
        }
        let directory = NSTemporaryDirectory() + "/orrery-postgres-\(getpid())"
        let port = freePort()
        let server = Process()
        server.executableURL = URL(filePath: "/bin/sh")
        // PostgreSQL refuses to be run by root. The shell waits for its input to end: with the tests, however they end.
        let user = getuid() == 0 ? "runuser -u postgres -- " : ""
        let script = """
            set -e
            mkdir -p \(directory); chmod 700 \(directory)
            [ -z '\(user)' ] || chown postgres: \(directory)
            cd \(directory)
            \(user)\(programs)/initdb -D \(directory)/data -U app -A trust --locale=C --encoding=UTF8 --no-sync >log
            \(user)\(programs)/postgres -D \(directory)/data -h 127.0.0.1 -p \(port) -k \(directory) -F >>log 2>&1 &
            cat >/dev/null || true
            kill -QUIT $(head -1 \(directory)/data/postmaster.pid) || true
            wait
            rm -rf \(directory)
            """
        server.arguments = ["-c", script]
        server.standardInput = input
        do { try SpawnGate.holding { try server.run() } } catch {
            print("PostgreSQL does not start (\(error)): its cases are skipped.")
            return nil
        }
        let url = "postgres://app@127.0.0.1:\(port)/postgres"
        let isReady = wait(seconds: 60) {
            let status = try? String(contentsOfFile: "\(directory)/data/postmaster.pid", encoding: .utf8)
            return status?.contains("ready") == true
        }
        if !isReady { print("PostgreSQL did not start: see \(directory)/log") }
        return url
    }

    /// Held open for as long as the process lives.
    private static let input = Pipe()

    private static func freePort() -> UInt16 {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let socket = socket(AF_INET, stream, 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(socket, address, size)
                _ = getsockname(socket, address, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// Waits until something holds; false when it does not in time.
public func wait(seconds: Double, until holds: () throws -> Bool) rethrows -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while try !holds() {
        guard Date() < end else { return false }
        usleep(5_000)
    }
    return true
}

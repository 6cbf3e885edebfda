import Foundation
import Synchronization

/// Wakes the mock cluster's thread while a call waits for it.
///
/// The calls of `rdkafka_mock.h` are carried out by that thread, which (in librdkafka 2.0.2) now and then sleeps on for up to
/// a second although a call has arrived: making a few dozen topics took from no time to half a minute. A connection to a
/// broker's port wakes it.
final class MockNudge: Sendable {
    private let port: UInt16
    private let isOver = Atomic(false)

    private init(port: UInt16) { self.port = port }

    /// Runs a call; `address` is `host:port` of any broker on this machine.
    static func during<Result>(_ address: String, _ call: () -> Result) -> Result {
        guard let port = address.split(separator: ":").last.flatMap({ UInt16($0) }) else { return call() }
        let nudge = MockNudge(port: port)
        Thread { nudge.go() }.start()
        defer { nudge.isOver.store(true, ordering: .releasing) }
        return call()
    }

    private func go() {
        while true {
            usleep(2_000)
            if isOver.load(ordering: .acquiring) { return }
            connectOnce()
        }
    }

    private func connectOnce() {
        #if os(Linux)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { return }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        close(descriptor)
    }
}

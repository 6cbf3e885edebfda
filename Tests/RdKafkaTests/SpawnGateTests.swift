import Foundation
import LiveTestSupport
import RdKafka
import Testing

@Suite(.ownThread) struct SpawnGateTests {
    /// Without the gate, a child that has not begun its program yet listens on the port, and librdkafka ends the process.
    @Test func `Brokers go down while children are started`() throws {
        let cluster = try MockCluster(brokers: 2)
        let starter = Thread {
            for _ in 0..<5 {
                let child = Process()
                child.executableURL = URL(filePath: "/bin/true")
                try? SpawnGate.holding { try child.run() }
            }
        }
        starter.start()
        for _ in 0..<5 {
            try cluster.setDown(1, true)
            try cluster.setDown(1, false)
        }
        #expect(cluster.bootstrapServers.isEmpty == false)
    }
}

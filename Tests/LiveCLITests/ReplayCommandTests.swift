import ArgumentParser
import Foundation
import LiveTestSupport
import OrderTestbed
import Services
import Testing

@testable import OrreryLive

/// A directory of recordings of the order system, gone with the test.
final class Recordings {
    let path = NSTemporaryDirectory() + "orrery-recordings-" + UUID().uuidString

    /// - Parameter claimed: the system that the recordings say they are of.
    init(claiming claimed: OrderSystemUnderTest = OrderSystemUnderTest()) throws {
        let pipeline = RecordedPipeline(OrderSystemUnderTest(), claiming: claimed, recordings: path)
        for number in 1...10 {
            let token = number == 7 ? #","paymentMethodId":"tok_declined""# : ""
            let body = #"{"customerId":"C-\#(number % 3)","items":[{"productId":"PROD-001","quantity":1}]\#(token)}"#
            pipeline.ask(
                "order", Request(id: UInt64(number), method: .post, path: "/api/orders", body: Array(body.utf8)))
        }
        pipeline.stop()
        #expect(pipeline.responses.count == 10)
        #expect(pipeline.responses.allSatisfy { $0.status < 300 }, "\(pipeline.responses)")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) throws -> RecordingFiles.File {
        try #require(try RecordingFiles.find(path, instance: name).first)
    }
}

@Suite("orrery-live replay", .ownThread)
struct ReplayCommandTests {
    @Test("Every service of the order system is played back as it was")
    func identical() throws {
        let recordings = try Recordings()
        let files = try RecordingFiles.find(recordings.path, instance: nil)
        #expect(files.count == OrderSystemUnderTest().blueprint.blueprint.participants.count)
        for file in files {
            var signals = 0
            let verdict = try ReplaySession(file: file, until: nil).run { _ in signals += 1 }
            #expect(verdict.outcome == .identical, "\(verdict.text)")
            #expect(verdict.text == "\(file.name): identical, \(signals) signals; at the end: stopped")
            #expect(signals > 10)
        }
        let code = #expect(throws: ExitCode.self) { try ReplayCommand.parse([recordings.path]).run() }
        #expect(code == .success)
    }

    @Test("A system that is another one by now differs, and the place is named")
    func differs() throws {
        var changed = OrderSystemUnderTest()
        changed.stock.factor = 0.5
        changed.sagaTimeout = .seconds(61)
        let recordings = try Recordings(claiming: changed)
        for name in ["inventory", "order"] {
            let file = try recordings.file(name)
            let verdict = try ReplaySession(file: file, until: nil).run { _ in }
            #expect(verdict.outcome == .differs)
            #expect(verdict.text.contains("differs at signal"))
            #expect(verdict.difference?.what.hasPrefix("write ") == true, "\(verdict.text)")
        }
        let code = #expect(throws: ExitCode.self) { try ReplayCommand.parse([recordings.path]).run() }
        #expect(code == .found)
    }

    @Test("A damaged recording is played back as far as it can be read")
    func damaged() throws {
        let recordings = try Recordings()
        let file = try recordings.file("order")
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
        let text = Array("PROD-001".utf8)
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: text) })
        bytes[place] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: file.path))
        let verdict = try ReplaySession(file: file, until: nil).run { _ in }
        #expect(verdict.outcome == .unreadable)
        #expect(verdict.signals > 10)
        #expect(verdict.text.contains("its checksum is wrong"))
        let code = #expect(throws: ExitCode.self) { try ReplayCommand.parse([recordings.path]).run() }
        #expect(code == .badInput)
    }

    @Test("Stopped at a signal, it says what the instance waits for")
    func until() throws {
        let recordings = try Recordings()
        let verdict = try ReplaySession(file: recordings.file("order/1.1"), until: 1).run { _ in }
        #expect(verdict.signals == 1)
        #expect(verdict.pendingWork == ["waits for the store"])
        #expect(verdict.text.contains("asked for, not ended: run batch 1: 1 preparation, 1 housekeeping"))
    }

    @Test("Recordings are found by instance and by life, and called so")
    func files() throws {
        #expect(RecordingFiles.name(of: "here/order-1.3.flight") == "order/1.3")
        #expect(RecordingFiles.name(of: "here/front-desk-12.1.flight") == "front-desk/12.1")
        let recordings = try Recordings()
        #expect(try RecordingFiles.find(recordings.path, instance: "order/1").map(\.name) == ["order/1.1"])
        #expect(try RecordingFiles.find(recordings.path, instance: "order/1.1").map(\.name) == ["order/1.1"])
        #expect(throws: ExitCode.badInput) { try RecordingFiles.find(recordings.path, instance: "order/2") }
        #expect(throws: ExitCode.badInput) { try RecordingFiles.find("/nowhere", instance: nil) }
    }

    @Test("The command line is checked")
    func arguments() throws {
        #expect(throws: (any Error).self) { try ReplayCommand.parse([]) }
        #expect(throws: (any Error).self) { try ReplayCommand.parse(["x", "--until", "0"]) }
        let recordings = try Recordings()
        #expect(throws: ValidationError.self) { try ReplayCommand.parse([recordings.path, "--until", "3"]).run() }
    }
}

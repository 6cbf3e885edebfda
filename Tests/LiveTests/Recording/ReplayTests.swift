import Foundation
import Kafka
import LiveTestSupport
import Services
import Simulation
import Testing

@testable import Live

@Suite("Flight recorder", .ownThread)
struct ReplayTests {
    /// Plays a recording back to its end, or to the first difference.
    private func play(
        _ bytes: Data, change: TallyService.Change = .none
    ) throws -> (steps: [Replay.Step], ending: FlightEnding?) {
        var replay = try Replay(FlightReader(bytes), of: TallyService(change: change))
        var steps: [Replay.Step] = []
        while let step = try replay.step() { steps.append(step) }
        return (steps, replay.ending)
    }

    @Test("A life with some trouble is played back exactly", arguments: 1...8 as ClosedRange<UInt64>)
    func identical(seed: UInt64) throws {
        let bytes = try RecordingDirectory().record(signals: 600, seed: seed)
        let (steps, ending) = try play(bytes)
        #expect(steps.count >= 600)
        #expect(steps.allSatisfy { $0.difference == nil })
        #expect(ending == .ended("stopped"))
        let sentences = steps.flatMap(\.batches)
        #expect(sentences.contains { $0.hasSuffix("the database fails") })
        #expect(sentences.contains { $0.contains("to be tried again") })
        // Everything that can happen to it has happened.
        let phrases = Set(steps.map { "\($0.signal)".prefix { $0 != "(" } })
        #expect(phrases.count >= 12, "\(phrases.sorted())")
    }

    @Test("A changed line is found at the first signal at which it matters", arguments: TallyService.Change.allCases)
    func change(_ change: TallyService.Change) throws {
        let bytes = try RecordingDirectory().record(signals: 600)
        let (steps, _) = try play(bytes, change: change)
        let last = try #require(steps.last)
        if change == .none {
            #expect(last.difference == nil)
            return
        }
        let difference = try #require(last.difference)
        #expect(steps.dropLast().allSatisfy { $0.difference == nil })
        switch change {
        case .none: break
        case .count, .deadline:
            #expect(difference.what.contains("write"))
            #expect(difference.now.contains(change == .count ? "TallyRow" : "Deadline"))
        case .response:
            #expect(difference.what.contains("responses"))
            #expect((difference.then, difference.now) == ("201", "200"))
        case .header: #expect(difference.now.contains("OutboxMessage"))
        case .read: #expect(difference.now == "the row nobody of table 'tallies'")
        }
    }

    @Test("Another seed shows in an effect")
    func effects() throws {
        let bytes = try RecordingDirectory().record(signals: 600)
        let reader = try FlightReader(bytes)
        var header = reader.header
        header.settings.retryBackoff.maximum = .milliseconds(39)
        header.settings.housekeepingInterval = .seconds(2)
        let (steps, _) = try play(bytes, replacing: header)
        let difference = try #require(steps.last?.difference)
        #expect(steps.count == 1)
        #expect(difference.what == "effect 1 differs")
        #expect(difference.then == "wait until 1s: housekeeping")
        #expect(difference.now == "wait until 2s: housekeeping")
    }

    /// The same frames behind another header.
    private func play(
        _ bytes: Data, replacing header: FlightHeader
    ) throws -> (steps: [Replay.Step], ending: FlightEnding?) {
        let old = FlightFile.frame(try BinaryEncoder().encode(try FlightReader(bytes).header))
        let new = FlightFile.frame(try BinaryEncoder().encode(header))
        let magic = FlightFile.magic
        return try play(Data(magic + new) + bytes.dropFirst(magic.count + old.count))
    }

    @Test("What a killed process has written can be played back, cut at any byte")
    func torn() throws {
        let bytes = try RecordingDirectory().record(signals: 60)
        let whole = try play(bytes).steps.count
        let header = FlightFile.magic.count + FlightFile.frame(try BinaryEncoder().encode(RecordedFlight.header)).count
        for end in stride(from: bytes.count - 1, to: header, by: -149) {
            let (steps, ending) = try play(bytes.prefix(end))
            #expect(steps.allSatisfy { $0.difference == nil })
            #expect(steps.count <= whole)
            switch ending {
            case .torn(let count): #expect(count > 0)
            case .cut: break
            default: Issue.record("\(String(describing: ending))")
            }
        }
        for end in [0, 3, FlightFile.magic.count, header - 1] {
            #expect(throws: FlightError.self) { try FlightReader(bytes.prefix(end)) }
        }
    }

    @Test("A damaged byte is noticed, wherever it stands")
    func damaged() throws {
        let bytes = try RecordingDirectory().record(signals: 60)
        for position in stride(from: 0, to: bytes.count, by: 151) {
            var copy = bytes
            copy[position] ^= 0x20
            do {
                let (_, ending) = try play(copy)
                // A length that has become too long looks like the end.
                guard case .torn = ending else {
                    Issue.record("byte \(position): \(String(describing: ending))")
                    continue
                }
            } catch is FlightError {}
        }
    }

    @Test("Stopped in the middle, it says what it waits for")
    func until() throws {
        let bytes = try RecordingDirectory().record(signals: 300)
        var replay = try Replay(FlightReader(bytes), of: TallyService())
        let text = replay.text
        _ = try replay.step()
        #expect(replay.pendingWork == ["waits for the store"])
        #expect(
            replay.outstanding.phrases(text) == [
                "run batch 1: 1 preparation, 1 housekeeping", "wait until 1s: housekeeping",
            ])
        while replay.signals < 120 { _ = try #require(try replay.step()) }
        #expect(!replay.pendingWork.isEmpty)
        while try replay.step() != nil {}
        // Records and calls are for its next life.
        #expect(!replay.pendingWork.contains("waits for the store"))
        // A timer outlives the instance; nothing else does.
        #expect(replay.outstanding.phrases(text).allSatisfy { $0.hasPrefix("wait until") || $0.hasPrefix("call") })
    }

    @Test("Another service than the one that was recorded is refused")
    func otherService() throws {
        let bytes = try RecordingDirectory().record(signals: 5)
        var header = RecordedFlight.header
        header.service = "other"
        #expect(throws: FlightError.otherService("of 'other', and not of 'tally'")) {
            try play(bytes, replacing: header)
        }
        header = RecordedFlight.header
        header.topics.append("more")
        #expect(throws: FlightError.otherService("'tally' has other topics here than it had then")) {
            try play(bytes, replacing: header)
        }
    }

    @Test("No recording, or one in another form, is refused with a reason")
    func noRecording() throws {
        #expect(throws: FlightError.noRecording) { try FlightReader(Data("purpose: none".utf8)) }
        #expect(throws: FlightError.otherVersion(9)) { try FlightReader(Data(Array("ORRERY".utf8) + [9, 0xff])) }
        #expect(throws: FlightError.self) { try FlightReader(path: "/nowhere/order-1.1.flight") }
    }

    @Test("What cannot be recorded is said once, and the instance goes on")
    func trouble() throws {
        let directory = RecordingDirectory()
        _ = try directory.record(signals: 5)
        var notes: [String] = []
        // The file is there already.
        let recorder = FlightRecorder(directory: directory.path, header: RecordedFlight.header) { notes.append($0) }
        let flight = RecordedFlight(recorder: recorder)
        flight.run(signals: 50)
        #expect(flight.hasStopped)
        #expect(notes.count == 1)
        #expect(notes.first?.contains("File exists") == true)
    }

    @Test("A full disk ends the recording and nothing else", .enabled(if: access("/dev/full", W_OK) == 0))
    func fullDisk() {
        var notes: [String] = []
        let recorder = FlightRecorder(
            path: "/dev/full", descriptor: open("/dev/full", O_WRONLY), header: RecordedFlight.header
        ) { notes.append($0) }
        let flight = RecordedFlight(recorder: recorder)
        flight.run(signals: 50)
        #expect(flight.hasStopped)
        #expect(notes == ["nothing more is recorded in /dev/full: No space left on device"])
    }

    @Test("Records that come again take next to no room")
    func size() throws {
        let bytes = try RecordingDirectory().record(signals: 2_000)
        let count = try play(bytes).steps.count
        #expect(bytes.count / count < 600, "\(bytes.count / count) bytes a signal")
    }
}

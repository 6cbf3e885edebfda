import Foundation
import Services
import Simulation

/// Writes down everything that one life of an instance hears, reads and answers, so that it can be played back without
/// Kafka and without a database.
///
/// Each frame is one write to the end of a file: what a process that is killed has written remains, but for a torn last
/// frame. When the disk is full or gone, recording stops, with one word to whoever runs the system; the instance goes on.
/// Belongs to one thread.
public final class FlightRecorder {
    /// Where it writes.
    public let path: String
    /// How many bytes have been written.
    public private(set) var size = 0
    private var descriptor: Int32?
    private let memory = WrittenRecords()
    private let scans = WrittenScans()
    private let encoder = BinaryEncoder()
    private let trouble: (String) -> Void

    /// - Parameters:
    ///   - directory: where recordings go; made if it is not there.
    ///   - trouble: told, once, why there is no recording, or not all of it.
    public convenience init(directory: String, header: FlightHeader, trouble: @escaping (String) -> Void) {
        // What is wrong with the directory shows when the file is opened.
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let path = directory + "/" + header.fileName
        // Never over an earlier recording.
        let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
        self.init(path: path, descriptor: opened, header: header, trouble: trouble)
    }

    /// - Parameter descriptor: of the open file; negative when it could not be opened, for the reason in `errno`.
    init(path: String, descriptor: Int32, header: FlightHeader, trouble: @escaping (String) -> Void) {
        self.path = path
        self.trouble = trouble
        guard descriptor >= 0 else {
            stop(because: Self.lastError)
            return
        }
        self.descriptor = descriptor
        write(FlightFile.magic)
        do { write(FlightFile.frame(try encoder.encode(header))) } catch { stop(because: "\(error)") }
    }

    deinit { if let descriptor { _ = close(descriptor) } }

    /// A signal is going to be handed to the instance.
    public func received(_ signal: Signal, at now: Instant) { record(.signal(signal, at: now)) }

    /// What the instance answered to the signal.
    public func answered(_ effects: [Effect]) { record(.effects(effects)) }

    /// Runs a batch, as `Instance.perform` does, and writes down what it reads and what comes of it.
    public func perform(
        _ batch: Batch, of instance: Instance, in workingSet: WorkingSet, at now: Instant, failing: [Int] = []
    ) throws -> BatchOutcome {
        guard descriptor != nil else { return try instance.perform(batch, in: workingSet, at: now, failing: failing) }
        let reads = ReadRecorder(scans)
        workingSet.observer = reads
        defer { workingSet.observer = nil }
        var performance = FlightPerformance(
            batch: batch.id, attempt: batch.attempt, at: now, failing: failing, reads: [], writes: [], outcome: nil)
        let result = Result { try instance.perform(batch, in: workingSet, at: now, failing: failing) }
        do {
            if let failure = reads.failure { throw failure }
            performance.reads = reads.reads
            if case .success(let outcome) = result {
                performance.outcome = try outcome.checksum
                performance.writes = try WriteChecksums.all(of: workingSet).map(\.checksum)
            }
            record(.performed(performance))
        } catch {
            stop(because: "\(error)")
        }
        return try result.get()
    }

    /// The instance has ended: nothing more is recorded.
    public func ended(_ how: String) {
        record(.ended(how))
        if let descriptor { _ = close(descriptor) }
        descriptor = nil
    }

    private func record(_ frame: FlightFrame) {
        guard descriptor != nil else { return }
        do { write(FlightFile.frame(try encoder.encode(frame, remembering: memory))) } catch {
            stop(because: "\(error)")
        }
    }

    private func write(_ bytes: [UInt8]) {
        guard let descriptor else { return }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return stop(because: Self.lastError) }
            written += count
        }
        size += written
    }

    private func stop(because reason: String) {
        if let descriptor { _ = close(descriptor) }
        descriptor = nil
        trouble("nothing more is recorded in \(path): \(reason)")
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}

/// Notes what a batch reads.
private final class ReadRecorder: ReadingObserver {
    private(set) var reads: [FlightRead] = []
    /// Why something that was read cannot be written down.
    private(set) var failure: (any Error)?
    private let scans: WrittenScans
    private let encoder = BinaryEncoder()

    init(_ scans: WrittenScans) { self.scans = scans }

    private func note(_ read: () throws -> FlightRead) {
        do { reads.append(try read()) } catch { failure = error }
    }

    func read<R: Row>(_ type: R.Type, _ key: R.Key, _ row: R?) {
        note {
            let bytes = try encoder.encode(key)
            if R.self == OutboxMessage.self { return .message(key: bytes, row as? OutboxMessage) }
            return .row(table: R.table, key: bytes, try row.map { try encoder.encode($0) })
        }
    }

    func read<R: Row>(all rows: [R]) {
        note { .rows(table: R.table, try scans.parts(of: rows)) }
    }

    func failed<R: Row>(_ type: R.Type, _ error: any Error) { note { .failure } }
}

import Foundation
import Kafka

/// How a recording ends.
public enum FlightEnding: Hashable, Sendable {
    /// The instance ended and said how.
    case ended(String)
    /// The process was ended, or stopped recording, between two frames.
    case cut
    /// In the middle of a frame, with so many bytes of it.
    case torn(bytes: Int)
}

/// Reads a recording, frame by frame.
public final class FlightReader {
    public let header: FlightHeader
    private let bytes: Data
    private var position: Int
    private let memory = ReadRecords()
    /// Frames read so far.
    private(set) var frames = 0
    /// How it ends; nil as long as there are frames left.
    public private(set) var ending: FlightEnding?

    public convenience init(path: String) throws(FlightError) {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw .unreadable(error.localizedDescription)
        }
        try self.init(bytes)
    }

    /// Reads a recording that stands in memory.
    public init(_ bytes: Data) throws(FlightError) {
        let magic = FlightFile.magic
        guard bytes.count >= magic.count, bytes.prefix(6).elementsEqual(magic.prefix(6)) else { throw .noRecording }
        let version = bytes[bytes.startIndex + 6]
        guard version == magic[6], bytes[bytes.startIndex + 7] == magic[7] else { throw .otherVersion(version) }
        self.bytes = bytes
        position = bytes.startIndex + magic.count
        let payload: [UInt8]
        switch Self.frame(in: bytes, at: &position) {
        case .payload(let found): payload = found
        case .nothing, .torn: throw .badHeader("it is cut off")
        case .damaged(let reason): throw .badHeader(reason)
        }
        do throws(BinaryCodingError) {
            header = try BinaryDecoder().decode(FlightHeader.self, from: payload)
        } catch {
            throw .badHeader("\(error)")
        }
    }

    /// The next frame; nil at the end.
    func next() throws(FlightError) -> FlightFrame? {
        guard ending == nil else { return nil }
        let payload: [UInt8]
        switch Self.frame(in: bytes, at: &position) {
        case .payload(let found): payload = found
        case .nothing:
            ending = .cut
            return nil
        case .torn(let count):
            ending = .torn(bytes: count)
            return nil
        case .damaged(let reason): throw .damaged(frame: frames + 1, reason: reason)
        }
        frames += 1
        do throws(BinaryCodingError) {
            let frame = try BinaryDecoder().decode(FlightFrame.self, from: payload, remembering: memory)
            guard case .ended(let how) = frame else { return frame }
            ending = .ended(how)
            return nil
        } catch {
            throw .damaged(frame: frames, reason: "\(error)")
        }
    }

    private enum Found {
        case payload([UInt8])
        case nothing
        case torn(Int)
        case damaged(String)
    }

    private static func frame(in bytes: Data, at position: inout Int) -> Found {
        let left = bytes.endIndex - position
        guard left > 0 else { return .nothing }
        guard left >= FlightFile.frameHead else { return .torn(left) }
        let length = Int(number(in: bytes, at: position))
        let checksum = number(in: bytes, at: position + 4)
        guard length <= FlightFile.longestFrame else { return .damaged("it cannot have \(length) bytes") }
        guard left >= FlightFile.frameHead + length else { return .torn(left) }
        let start = position + FlightFile.frameHead
        let payload = [UInt8](bytes[start..<start + length])
        guard crc32(payload) == checksum else { return .damaged("its checksum is wrong") }
        position = start + length
        return .payload(payload)
    }

    private static func number(in bytes: Data, at position: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << UInt32($1 * 8) }
    }
}

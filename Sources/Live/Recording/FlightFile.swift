import Kafka

/// The form of a recording: a magic number and a version, then frames, each of them a length, a checksum and that many
/// bytes. The first frame is the header.
public enum FlightFile {
    /// What recordings end with.
    public static let pathExtension = "flight"
    /// `ORRERY`, a version of the form, and a byte that no text file has.
    static let magic: [UInt8] = Array("ORRERY".utf8) + [1, 0xff]
    /// The length and the checksum.
    static let frameHead = 8
    /// No frame is longer: a length that says so is damaged.
    static let longestFrame = 1 << 30

    /// A frame's bytes.
    static func frame(_ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frameHead + payload.count)
        append(UInt32(payload.count), to: &bytes)
        append(crc32(payload), to: &bytes)
        bytes += payload
        return bytes
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// Why a recording cannot be played back.
public enum FlightError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(String)
    case noRecording
    /// Another version of the form.
    case otherVersion(UInt8)
    /// Its header cannot be read.
    case badHeader(String)
    /// What was recorded is not the service with which it is played back.
    case otherService(String)
    /// A frame, counted from 1 behind the header, cannot be right.
    case damaged(frame: Int, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let reason): "it cannot be read: \(reason)"
        case .noRecording: "this is no recording: record with --record DIR"
        case .otherVersion(let version):
            "it is a recording in form \(version), and this program reads form \(FlightFile.magic[6]): take the program "
                + "that made it"
        case .badHeader(let reason): "its header cannot be read (\(reason)): take the program that made it"
        case .otherService(let reason): "it is a recording of something else: \(reason)"
        case .damaged(let frame, let reason):
            "frame \(frame) is damaged (\(reason)): nothing behind it can be played back"
        }
    }
}

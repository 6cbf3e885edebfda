import Live

/// Messages on a pipe: a length of four bytes, the lowest first, and the message.
enum Frame {
    /// No message is longer; what says so is no frame.
    static let limit = 64 << 20

    /// A message as it goes onto the pipe.
    static func bytes(of message: some Encodable) throws -> [UInt8] {
        let body = try FrameCoding.encode(message)
        precondition(body.count <= limit, "a message of \(body.count) bytes is too long for a frame")
        return withUnsafeBytes(of: UInt32(body.count).littleEndian) { Array($0) } + body
    }
}

/// How a message becomes bytes: the one place that knows.
enum FrameCoding {
    static func encode(_ message: some Encodable) throws -> [UInt8] { try BinaryEncoder().encode(message) }

    static func decode<Message: Decodable>(_ bytes: [UInt8]) throws -> Message {
        try BinaryDecoder().decode(Message.self, from: bytes)
    }
}

/// Puts messages together from whatever pieces a pipe delivers.
struct FrameReader {
    private var buffer: [UInt8] = []
    private var start = 0

    /// Bytes that have arrived.
    mutating func append(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    /// The next message that is complete.
    mutating func next<Message: Decodable>(_ type: Message.Type = Message.self) throws -> Message? {
        guard buffer.count - start >= 4 else { return compact() }
        var length = 0
        for place in 0..<4 { length |= Int(buffer[start + place]) << (8 * place) }
        guard length <= Frame.limit else { throw FrameError(length: length) }
        guard buffer.count - start >= 4 + length else { return compact() }
        defer { start += 4 + length }
        // Named, or an optional message would be looked for.
        let message: Message = try FrameCoding.decode(Array(buffer[(start + 4)..<(start + 4 + length)]))
        return message
    }

    /// Forgets what was read.
    private mutating func compact<Message>() -> Message? {
        buffer.removeFirst(start)
        start = 0
        return nil
    }
}

/// What comes from the other side is no frame.
struct FrameError: Error, CustomStringConvertible {
    let length: Int

    var description: String {
        "a message claims to be \(length) bytes long: something else writes to the pipe; nothing but the worker may use "
            + "its standard output"
    }
}

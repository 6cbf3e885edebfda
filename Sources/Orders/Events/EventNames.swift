/// What kinds of events are called on the wire.
public struct EventNames: Hashable, Sendable {
    /// By `EventType.rawValue`.
    private var names: [[UInt8]]

    /// The names that events have where nobody gives them others.
    public init() { names = EventType.allCases.map { Array($0.description.utf8) } }

    /// What a kind is called.
    public subscript(type: EventType) -> String {
        get { String(decoding: names[Int(type.rawValue)], as: UTF8.self) }
        set { names[Int(type.rawValue)] = Array(newValue.utf8) }
    }

    func bytes(of type: EventType) -> [UInt8] { names[Int(type.rawValue)] }

    /// Nil when nothing is called so.
    func type(called text: JSONText) -> EventType? {
        if text.hasEscapes {
            let plain = text.unescaped()
            return EventType.allCases.first { names[Int($0.rawValue)] == plain }
        }
        return EventType.allCases.first { names[Int($0.rawValue)].elementsEqual(text.raw) }
    }
}

/// The pending events of a world, earliest first; events of one moment in the order in which they were pushed.
///
/// A 4-ary heap of 128-bit keys over a slab of events: an event is moved once in and once out, however large it
/// is, and one comparison of two integers decides both time and order of insertion.
public struct EventQueue<Event> {
    /// From the highest bit: 64 bits of time with the sign flipped, so that integers order as moments do; 40 bits of
    /// sequence, enough for a trillion events; 24 bits of slot.
    @usableFromInline typealias Key = UInt128

    /// The heap is `keys[..<pending]`. The keys behind it are spent, and their slots are the free ones.
    @usableFromInline var keys: ContiguousArray<Key> = []
    /// In pages, so that the first push after a fork does not copy every pending event.
    @usableFromInline var slab = PagedArray<Event?>()
    @usableFromInline var pending = 0
    @usableFromInline var sequence: UInt64 = 0

    /// A queue with nothing in it.
    @inlinable
    public init() {}

    /// How many events are pending.
    @inlinable public var count: Int { pending }
    /// Whether no event is pending.
    @inlinable public var isEmpty: Bool { pending == 0 }
    /// The moment of the earliest pending event.
    @inlinable public var nextTime: Instant? { pending == 0 ? nil : Self.time(of: keys[0]) }

    /// The earliest pending event.
    @inlinable public var first: Event? { pending == 0 ? nil : slab[Self.slot(of: keys[0])] }

    /// Adds an event at a moment; at most 16 million events can be pending at once.
    @inlinable
    public mutating func push(_ event: Event, at time: Instant) {
        if pending == keys.count {
            precondition(slab.count < 1 << 24, "more than 16 million events are pending: the world does not drain")
            keys.append(Key(slab.count))
            slab.append(nil)
        }
        let slot = Self.slot(of: keys[pending])
        slab[slot] = event
        let key = Self.key(time: time, sequence: sequence, slot: slot)
        sequence += 1
        pending += 1
        keys.withUnsafeMutableBufferPointer { [pending] in Self.siftUp(key, from: pending - 1, in: $0) }
    }

    /// Takes the earliest event out.
    @inlinable
    public mutating func popFirst() -> (time: Instant, event: Event)? {
        guard pending > 0 else { return nil }
        pending -= 1
        let first = keys[0]
        keys.withUnsafeMutableBufferPointer { [pending] keys in
            Self.siftDown(keys[pending], in: keys, count: pending)
            keys[pending] = first
        }
        return (Self.time(of: first), slab[Self.slot(of: first)].take()!)
    }

    @inlinable
    static func key(time: Instant, sequence: UInt64, slot: Int) -> Key {
        Key(UInt64(bitPattern: time.nanoseconds) ^ 1 << 63) << 64 | Key(sequence << 24 | UInt64(slot))
    }

    @inlinable
    static func time(of key: Key) -> Instant {
        Instant(nanoseconds: Int64(bitPattern: UInt64(truncatingIfNeeded: key >> 64) ^ 1 << 63))
    }

    @inlinable
    static func slot(of key: Key) -> Int { Int(truncatingIfNeeded: key) & (1 << 24 - 1) }

    /// Places `key` on the way from a leaf to the root.
    @inlinable
    static func siftUp(_ key: Key, from leaf: Int, in keys: UnsafeMutableBufferPointer<Key>) {
        var hole = leaf
        while hole > 0 {
            let parent = (hole - 1) >> 2
            guard key < keys[parent] else { break }
            keys[hole] = keys[parent]
            hole = parent
        }
        keys[hole] = key
    }

    /// Places `key` on the way from the root, whose own key has been taken out, to a leaf.
    @inlinable
    static func siftDown(_ key: Key, in keys: UnsafeMutableBufferPointer<Key>, count: Int) {
        var hole = 0
        var child = 1
        // Which child is least is a coin toss: picking it by arithmetic costs less than the branches mispredicted.
        while child + 3 < count {
            let left = child + (keys[child + 1] < keys[child] ? 1 : 0)
            let right = child + (keys[child + 3] < keys[child + 2] ? 3 : 2)
            let least = keys[right] < keys[left] ? right : left
            guard keys[least] < key else {
                keys[hole] = key
                return
            }
            keys[hole] = keys[least]
            hole = least
            child = hole << 2 + 1
        }
        // The last parent may have fewer than four children; they are leaves.
        if let least = (child..<max(child, count)).min(by: { keys[$0] < keys[$1] }), keys[least] < key {
            keys[hole] = keys[least]
            hole = least
        }
        keys[hole] = key
    }
}

extension EventQueue: Sendable where Event: Sendable {}

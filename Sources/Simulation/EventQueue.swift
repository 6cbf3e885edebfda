/// The pending events of a world, earliest first; events of one moment in the order in which they were pushed.
///
/// A 4-ary heap of 16-byte nodes over a slab of events: an event is moved once in and once out, however large it
/// is, and one comparison of two 128-bit keys decides both time and order of insertion.
public struct EventQueue<Event> {
    /// Time above, then 40 bits of sequence and 24 bits of slot: the sequence alone breaks ties.
    @usableFromInline
    struct Node: Sendable {
        @usableFromInline var time: Int64
        @usableFromInline var order: UInt64

        @inlinable
        init(time: Int64, order: UInt64) {
            self.time = time
            self.order = order
        }

        @inlinable
        func isBefore(_ other: Node) -> Bool {
            time < other.time || (time == other.time && order < other.order)
        }
    }

    @usableFromInline static var slotBits: UInt64 { 24 }

    @usableFromInline var nodes: ContiguousArray<Node> = []
    @usableFromInline var slab: ContiguousArray<Event?> = []
    @usableFromInline var free: ContiguousArray<UInt32> = []
    @usableFromInline var sequence: UInt64 = 0

    @inlinable
    public init() {}

    /// How many events are pending.
    @inlinable public var count: Int { nodes.count }
    @inlinable public var isEmpty: Bool { nodes.isEmpty }
    /// The moment of the earliest pending event.
    @inlinable public var nextTime: Instant? { nodes.first.map { Instant(nanoseconds: $0.time) } }

    /// Adds an event at a moment; at most 16 million events can be pending at once.
    @inlinable
    public mutating func push(_ event: Event, at time: Instant) {
        let slot: UInt32
        if let reused = free.popLast() {
            slot = reused
            slab[Int(slot)] = event
        } else {
            slot = UInt32(slab.count)
            precondition(slab.count < 1 << 24, "more than 16 million events are pending: the world does not drain")
            slab.append(event)
        }
        let node = Node(time: time.nanoseconds, order: sequence << Self.slotBits | UInt64(slot))
        sequence += 1
        nodes.append(node)
        siftUp(from: nodes.count - 1)
    }

    /// Takes the earliest event out.
    @inlinable
    public mutating func popFirst() -> (time: Instant, event: Event)? {
        guard let first = nodes.first else { return nil }
        let last = nodes.removeLast()
        if !nodes.isEmpty { siftDown(last) }
        let slot = Int(first.order & (1 << Self.slotBits - 1))
        let event = slab[slot].take()!
        free.append(UInt32(slot))
        return (Instant(nanoseconds: first.time), event)
    }

    @inlinable
    mutating func siftUp(from start: Int) {
        nodes.withUnsafeMutableBufferPointer { nodes in
            var index = start
            let node = nodes[index]
            while index > 0 {
                let parent = (index - 1) >> 2
                guard node.isBefore(nodes[parent]) else { break }
                nodes[index] = nodes[parent]
                index = parent
            }
            nodes[index] = node
        }
    }

    /// Places `node` starting from the root, whose own node has been taken out.
    @inlinable
    mutating func siftDown(_ node: Node) {
        nodes.withUnsafeMutableBufferPointer { nodes in
            let count = nodes.count
            var index = 0
            while true {
                let firstChild = index << 2 + 1
                guard firstChild < count else { break }
                var smallest = firstChild
                var candidate = firstChild + 1
                let end = min(firstChild + 4, count)
                while candidate < end {
                    if nodes[candidate].isBefore(nodes[smallest]) { smallest = candidate }
                    candidate += 1
                }
                guard nodes[smallest].isBefore(node) else { break }
                nodes[index] = nodes[smallest]
                index = smallest
            }
            nodes[index] = node
        }
    }
}

extension EventQueue: Sendable where Event: Sendable {}

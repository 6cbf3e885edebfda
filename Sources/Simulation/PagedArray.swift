/// An array in pages of 64 elements: after a fork, the first write to a page copies that page, not the whole.
public struct PagedArray<Element> {
    @usableFromInline static var pageBits: Int { 6 }
    @usableFromInline static var pageSize: Int { 1 << pageBits }

    @usableFromInline var pages: ContiguousArray<ContiguousArray<Element>> = []
    /// How many elements there are.
    @inlinable public var count: Int { length }
    @usableFromInline var length = 0

    @inlinable
    public init() {}

    @inlinable public var isEmpty: Bool { count == 0 }
    @inlinable public var indices: Range<Int> { 0..<count }
    @inlinable public var last: Element? { isEmpty ? nil : self[count - 1] }

    @inlinable
    public subscript(index: Int) -> Element {
        get { pages[index >> Self.pageBits][index & (Self.pageSize - 1)] }
        _modify { yield &pages[index >> Self.pageBits][index & (Self.pageSize - 1)] }
    }

    @inlinable
    public mutating func append(_ element: Element) {
        if count & (Self.pageSize - 1) == 0 {
            var page = ContiguousArray<Element>()
            page.reserveCapacity(Self.pageSize)
            pages.append(page)
        }
        pages[pages.count - 1].append(element)
        length += 1
    }

    @inlinable
    @discardableResult
    public mutating func removeLast() -> Element {
        precondition(count > 0, "there is no last element to remove")
        let element = pages[pages.count - 1].removeLast()
        if pages[pages.count - 1].isEmpty { pages.removeLast() }
        length -= 1
        return element
    }

    @inlinable
    public mutating func removeAll() {
        pages.removeAll()
        length = 0
    }
}

extension PagedArray: Sequence {
    public struct Iterator: IteratorProtocol {
        let array: PagedArray
        var index = 0

        public mutating func next() -> Element? {
            guard index < array.count else { return nil }
            defer { index += 1 }
            return array[index]
        }
    }

    public func makeIterator() -> Iterator { Iterator(array: self) }
}

extension PagedArray: Sendable where Element: Sendable {}
extension PagedArray: Equatable where Element: Equatable {}

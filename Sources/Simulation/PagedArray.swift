/// An array in pages of 64 elements: after a fork, the first write to a page copies that page, not the whole.
public struct PagedArray<Element> {
    @usableFromInline static var pageBits: Int { 6 }
    @usableFromInline static var pageSize: Int { 1 << pageBits }

    @usableFromInline var pages: ContiguousArray<ContiguousArray<Element>> = []
    @usableFromInline var end = 0

    /// An array with nothing in it.
    @inlinable
    public init() {}

    /// Adds an element at the end.
    @inlinable
    public mutating func append(_ element: Element) {
        if end & (Self.pageSize - 1) == 0 {
            var page = ContiguousArray<Element>()
            page.reserveCapacity(Self.pageSize)
            pages.append(page)
        }
        pages[pages.count - 1].append(element)
        end += 1
    }

    /// Takes the last element out; the array must not be empty.
    @inlinable
    @discardableResult
    public mutating func removeLast() -> Element {
        precondition(end > 0, "there is no last element to remove")
        let element = pages[pages.count - 1].removeLast()
        if pages[pages.count - 1].isEmpty { pages.removeLast() }
        end -= 1
        return element
    }

    /// Takes every element out.
    @inlinable
    public mutating func removeAll() {
        pages.removeAll()
        end = 0
    }
}

extension PagedArray: RandomAccessCollection {
    /// Always zero.
    @inlinable public var startIndex: Int { 0 }
    /// The number of elements.
    @inlinable public var endIndex: Int { end }

    /// The element at an index; writing copies its page if a fork shares it.
    @inlinable
    public subscript(index: Int) -> Element {
        get { pages[index >> Self.pageBits][index & (Self.pageSize - 1)] }
        _modify { yield &pages[index >> Self.pageBits][index & (Self.pageSize - 1)] }
    }
}

extension PagedArray: Sendable where Element: Sendable {}
extension PagedArray: Equatable where Element: Equatable {}

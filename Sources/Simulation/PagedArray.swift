/// An array in pages of 64 elements: after a fork, the first write to a page copies that page, not the whole.
///
/// Elements at the front can be taken out too; the others keep their indices, so `startIndex` may be positive.
public struct PagedArray<Element> {
    @usableFromInline static var pageBits: Int { 6 }
    @usableFromInline static var pageSize: Int { 1 << pageBits }

    @usableFromInline var pages: ContiguousArray<ContiguousArray<Element>> = []
    @usableFromInline var begin = 0
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
        precondition(end > begin, "there is no last element to remove")
        let element = pages[pages.count - 1].removeLast()
        if pages[pages.count - 1].isEmpty { pages.removeLast() }
        end -= 1
        return element
    }

    /// Takes the elements before an index out. Their pages are given back as soon as nothing in them is left.
    @inlinable
    public mutating func removePrefix(upTo index: Int) {
        precondition((begin...end).contains(index), "only what is there can be removed")
        // An empty page costs eight bytes: less than moving the others.
        for page in (begin >> Self.pageBits)..<(index >> Self.pageBits) { pages[page] = [] }
        begin = index
    }

    /// Takes every element out, and begins again at index 0.
    @inlinable
    public mutating func removeAll() {
        pages.removeAll()
        begin = 0
        end = 0
    }
}

extension PagedArray: RandomAccessCollection {
    /// The index of the first element: zero, until elements were taken out at the front.
    @inlinable public var startIndex: Int { begin }
    /// The index behind the last element.
    @inlinable public var endIndex: Int { end }

    /// The element at an index; writing copies its page if a fork shares it.
    @inlinable
    public subscript(index: Int) -> Element {
        get { pages[index >> Self.pageBits][index & (Self.pageSize - 1)] }
        _modify { yield &pages[index >> Self.pageBits][index & (Self.pageSize - 1)] }
    }
}

extension PagedArray: Sendable where Element: Sendable {}

extension PagedArray: Equatable where Element: Equatable {
    /// Whether both hold the same elements, whatever their indices are.
    @inlinable
    public static func == (left: PagedArray, right: PagedArray) -> Bool { left.elementsEqual(right) }
}

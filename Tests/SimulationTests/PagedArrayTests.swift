import Simulation
import Testing

@Suite struct PagedArrayTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a random program leaves a paged array and an array with the same elements`(seed: UInt64) {
        let draws = Draws(seed: seed)
        let operation = Purpose("operation")
        var paged = PagedArray<Int>()
        var plain: [Int] = []
        for step in 0..<3_000 as Range<UInt64> {
            // It grows over several pages and shrinks back across their borders.
            let growing = step / 500 % 2 == 0
            switch (draws.index(below: 10, operation, step), growing) {
            case (0..<6, true), (0..<2, false):
                paged.append(Int(step))
                plain.append(Int(step))
            case (6..<8, true), (2..<8, false):
                guard !plain.isEmpty else { break }
                #expect(paged.removeLast() == plain.removeLast())
            default:
                guard !plain.isEmpty else { break }
                let index = draws.index(below: plain.count, operation, step, 1)
                paged[index] += 1
                plain[index] += 1
            }
            #expect(paged.count == plain.count)
            #expect(paged.last == plain.last)
        }
        #expect(Array(paged) == plain)
        #expect(paged.indices == plain.indices)
        paged.removeAll()
        #expect(paged.isEmpty)
        #expect(paged == PagedArray())
    }

    @Test func `what a fork does leaves the original as it was`() {
        var original = PagedArray<Int>()
        for element in 0..<200 { original.append(element) }
        var fork = original
        #expect(fork == original)
        fork[0] = -1
        fork[199] = -1
        fork.append(200)
        for _ in 0..<150 { fork.removeLast() }
        #expect(Array(original) == Array(0..<200))
        #expect(Array(fork) == [-1] + Array(1..<51))

        original[7] = -7
        #expect(fork[7] == 7)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `elements taken out at the front leave the others at their indices`(seed: UInt64) {
        let draws = Draws(seed: seed)
        let operation = Purpose("operation at both ends")
        var paged = PagedArray<Int>()
        var plain: [Int] = []
        var taken = 0
        for step in 0..<2_000 as Range<UInt64> {
            switch draws.index(below: 8, operation, step) {
            case 0..<5:
                paged.append(Int(step))
                plain.append(Int(step))
            case 5 where taken < plain.count:
                #expect(paged.removeLast() == plain.removeLast())
            case 6 where taken < plain.count:
                taken += draws.index(below: min(plain.count - taken, 100) + 1, operation, step, 1)
                paged.removePrefix(upTo: taken)
            default:
                guard taken < plain.count else { break }
                let index = taken + draws.index(below: plain.count - taken, operation, step, 2)
                paged[index] += 1
                plain[index] += 1
            }
            #expect(paged.indices == taken..<plain.count)
            #expect(paged.count == plain.count - taken)
            #expect(paged.first == plain[taken...].first)
            #expect(paged.last == plain[taken...].last)
        }
        #expect(Array(paged) == Array(plain[taken...]))
        #expect(paged.indices.allSatisfy { paged[$0] == plain[$0] })
        var other = PagedArray<Int>()
        for element in paged { other.append(element) }
        #expect(paged == other)
        other.append(0)
        #expect(paged != other)
    }
}

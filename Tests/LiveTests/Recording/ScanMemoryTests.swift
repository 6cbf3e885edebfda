import LiveTestSupport
import Services
import Simulation
import Testing

@testable import Live

@Suite("Tables that are read again", .ownThread)
struct ScanMemoryTests {
    private func key(_ number: Int) -> Identifier { Identifier(prefix: "K-", number: UInt64(number), digits: 3) }

    @Test("Whatever has changed, all rows come back in their order")
    func changes() throws {
        let draws = Draws(seed: 8)
        let purpose = Purpose("test.scan")
        let written = WrittenScans()
        let read = ReadScans()
        var rows: [TallyRow] = []
        for round in 0..<200 as Range<UInt64> {
            for change in 0..<draws.index(below: 4, purpose, round) {
                let place = draws.index(below: rows.count + 1, purpose, round, UInt64(change), 1)
                switch draws.index(below: 3, purpose, round, UInt64(change), 2) {
                case 0 where place < rows.count: rows.remove(at: place)
                case 1 where place < rows.count: rows[place].count += 1
                default:
                    rows.removeAll { $0.key == key(Int(round)) }
                    rows.insert(TallyRow(key: key(Int(round)), count: 0), at: min(place, rows.count))
                }
            }
            let parts = try written.parts(of: rows)
            let bytes = try read.rows(of: TallyRow.table, parts)
            #expect(try bytes.map { try BinaryDecoder().decode(TallyRow.self, from: $0) } == rows)
        }
    }

    @Test("A table that has not changed takes a few bytes")
    func unchanged() throws {
        let written = WrittenScans()
        let rows = (1...500).map { TallyRow(key: key($0), count: 1) }
        _ = try written.parts(of: rows)
        #expect(try BinaryEncoder().encode(written.parts(of: rows)).count < 20)
        #expect(try written.parts(of: [TallyRow]()).isEmpty)
    }

    @Test("Rows that were never there are refused")
    func damaged() {
        #expect(throws: BinaryCodingError.self) { try ReadScans().rows(of: "t", [.again(from: 0, count: 1)]) }
        #expect(throws: BinaryCodingError.self) { try ReadScans().rows(of: "t", [.again(from: -1, count: .max)]) }
    }
}

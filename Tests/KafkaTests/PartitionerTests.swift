import Kafka
import Testing

@Suite("Partitioners agree with Java's and librdkafka's")
struct PartitionerTests {
    @Test(
        "Murmur2 gives the Java client's values",
        arguments: [
            ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        ] as [(String, Int32)])
    func murmur2Vectors(text: String, expected: Int32) {
        #expect(murmur2(Array(text.utf8)) == expected)
    }

    @Test("CRC-32 gives the check value of its catalogue entry")
    func crc32CheckValue() {
        #expect(crc32(Array("123456789".utf8)) == 0xcbf4_3926)
        #expect(crc32([]) == 0)
    }

    @Test("Keys choose partitions as the Java client does")
    func murmur2Partition() {
        #expect(
            Partitioner.murmur2.partition(of: Array("foobar".utf8), among: 7) == Int(-790_332_482 & 0x7fff_ffff) % 7)
        #expect(Partitioner.murmur2Random.partition(of: nil, among: 7) == nil)
    }

    @Test("A record without a key is random, except where the partitioner is consistent")
    func missingKeys() {
        #expect(Partitioner.consistentRandom.partition(of: nil, among: 3) == nil)
        #expect(Partitioner.consistentRandom.partition(of: [], among: 3) == nil)
        #expect(Partitioner.consistent.partition(of: nil, among: 3) == 0)
        #expect(Partitioner.random.partition(of: [1], among: 3) == nil)
    }
}

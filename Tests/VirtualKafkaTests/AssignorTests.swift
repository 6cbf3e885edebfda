import Kafka
import Simulation
import Testing

@testable import VirtualKafka

@Suite("Assignors")
struct AssignorTests {
    private typealias Topics = [(topic: TopicID, partitions: [Int32])]

    private func topic(_ number: Int32) -> TopicID { TopicID(rawValue: number) }

    /// Topics with so many partitions each, numbered through.
    private func topics(_ counts: [Int]) -> Topics {
        var next: Int32 = 0
        return counts.enumerated().map { number, count in
            defer { next += Int32(count) }
            return (topic(Int32(number)), Array(next..<next + Int32(count)))
        }
    }

    private func member(_ id: UInt64, _ topics: [Int32], owned: [Int32] = [], generation: Int32 = -1) -> JoinedMember {
        JoinedMember(
            member: MemberID(rawValue: id),
            subscription: Subscription(
                topics: topics.map { topic($0) }, owned: owned, generation: owned.isEmpty ? -1 : generation))
    }

    private func distribute(
        _ strategy: AssignmentStrategy, _ members: [JoinedMember], _ counts: [Int]
    ) -> [[Int32]] {
        let wanted = topics(counts).filter { entry in
            members.contains { $0.subscription.topics.contains(entry.topic) }
        }
        var assignment = GroupAssignment(members: members, topics: wanted)
        assignment.distribute(by: strategy)
        return assignment.partitions
    }

    /// Rounds of rebalancing until nobody has to give anything up any more.
    private func settle(_ members: [JoinedMember], _ counts: [Int]) -> [[Int32]] {
        var members = members
        for generation in 1..<5 as Range<Int32> {
            let given = distribute(.cooperativeSticky, members, counts)
            let isSettled = zip(members, given).allSatisfy { Set($0.subscription.owned).isSubset(of: $1) }
            for index in members.indices {
                members[index].subscription.owned = given[index]
                members[index].subscription.generation = generation
            }
            if isSettled { return given }
        }
        Issue.record("not settled")
        return []
    }

    @Test("Range: each topic by itself")
    func range() {
        let members = [member(1, [0, 1]), member(2, [0, 1])]
        #expect(distribute(.range, members, [3, 3]) == [[0, 1, 3, 4], [2, 5]])
        #expect(distribute(.range, [member(1, [0]), member(2, [0, 1])], [3, 3]) == [[0, 1], [2, 3, 4, 5]])
    }

    @Test("Round-robin: all partitions in turns, past those who do not subscribe")
    func roundRobin() {
        #expect(
            distribute(.roundRobin, [member(1, [0, 1]), member(2, [0, 1])], [3, 3]) == [[0, 2, 4], [1, 3, 5]])
        // The example of Kafka's documentation of `RoundRobinAssignor`.
        let members = [member(1, [0]), member(2, [0, 1]), member(3, [0, 1, 2])]
        #expect(distribute(.roundRobin, members, [1, 2, 3]) == [[0], [1], [2, 3, 4, 5]])
    }

    @Test("Sticky: a newcomer gets its share in two steps, and nothing else moves")
    func newcomer() {
        let old = [member(1, [0], owned: [0, 1, 2], generation: 4), member(2, [0], owned: [3, 4, 5], generation: 4)]
        let first = distribute(.cooperativeSticky, old + [member(3, [0])], [6])
        #expect(first == [[0, 1], [3, 4], []])
        let second = [
            member(1, [0], owned: first[0], generation: 5), member(2, [0], owned: first[1], generation: 5),
            member(3, [0]),
        ]
        #expect(distribute(.cooperativeSticky, second, [6]) == [[0, 1], [3, 4], [2, 5]])
    }

    @Test("Sticky: who leaves is inherited from, and the others keep theirs")
    func leaver() {
        let rest = [member(1, [0], owned: [0, 3], generation: 2), member(2, [0], owned: [2, 5], generation: 2)]
        let given = distribute(.cooperativeSticky, rest, [6])
        #expect(given == [[0, 1, 3], [2, 4, 5]])
    }

    @Test("Sticky: what was owned in an older generation does not count, but is not handed on before it is given up")
    func olderGeneration() {
        let members = [
            member(1, [0], owned: [0, 1], generation: 7), member(2, [0], owned: [1, 2], generation: 6),
        ]
        let given = distribute(.cooperativeSticky, members, [4])
        #expect(given[0].contains(0) && given[0].contains(1))
        #expect(Set(given.joined()).count == given.joined().count)
    }

    @Test("Sticky: a topic that grows is shared without moving anything")
    func growth() {
        let members = [member(1, [0], owned: [0, 1], generation: 3), member(2, [0], owned: [2, 3], generation: 3)]
        #expect(distribute(.cooperativeSticky, members, [7]) == [[0, 1, 4, 6], [2, 3, 5]])
    }

    @Test("Sticky with different subscriptions (KIP-54's first example)")
    func unequal() {
        let members = [member(1, [0]), member(2, [0, 1]), member(3, [0, 1, 2])]
        #expect(settle(members, [1, 2, 3]) == [[0], [1, 2], [3, 4, 5]])
    }

    /// Random groups: whatever happened before, the outcome is complete, balanced and free of conflicts, and nothing is
    /// handed to one member while another still has it.
    @Test("Sticky: random groups", arguments: 0..<60)
    func random(seed: Int) {
        let draws = Draws(seed: UInt64(seed))
        let purpose = Purpose("assignor test")
        func draw(_ bound: Int, _ a: Int, _ b: Int = 0) -> Int {
            draws.index(below: bound, purpose, UInt64(a), UInt64(b))
        }
        let isUnequal = seed % 2 == 1
        let counts = (0..<1 + draw(4, 1)).map { 1 + draw(6, 2, $0) }
        var members: [JoinedMember] = []
        var id: UInt64 = 0
        for round in 0..<8 {
            if members.count < 2 || draw(2, 3, round) == 0 {
                id += 1
                let subscribed = (0..<Int32(counts.count)).filter { !isUnequal || draw(3, 100 + round, Int($0)) > 0 }
                members.append(member(id, subscribed.isEmpty ? [0] : subscribed))
            } else {
                members.remove(at: draw(members.count, 4, round))
            }
            members = rebalance(members, counts, generation: Int32(round * 5), isUnequal: isUnequal, seed: seed)
        }
    }

    private func rebalance(
        _ members: [JoinedMember], _ counts: [Int], generation: Int32, isUnequal: Bool, seed: Int
    ) -> [JoinedMember] {
        var members = members
        for step in 0..<5 as Range<Int32> {
            let given = distribute(.cooperativeSticky, members, counts)
            check(given, members, counts, seed)
            let isSettled = zip(members, given).allSatisfy { Set($0.subscription.owned).isSubset(of: $1) }
            for index in members.indices {
                members[index].subscription.owned = given[index]
                members[index].subscription.generation = generation + step
            }
            guard isSettled else { continue }
            let all = topics(counts).filter { entry in members.contains { $0.subscription.topics.contains(entry.topic) }
            }
            #expect(Set(given.joined()) == Set(all.flatMap(\.partitions)), "seed \(seed): nothing is left over")
            let shares = given.map(\.count)
            if !isUnequal { #expect(shares.max()! - shares.min()! <= 1, "seed \(seed): even") }
            return members
        }
        Issue.record("seed \(seed): no end of rebalances")
        return members
    }

    private func check(_ given: [[Int32]], _ members: [JoinedMember], _ counts: [Int], _ seed: Int) {
        #expect(Set(given.joined()).count == given.joined().count, "seed \(seed): nothing twice")
        for (index, partitions) in given.enumerated() {
            for partition in partitions {
                let topic = topics(counts).first { $0.partitions.contains(partition) }!.topic
                #expect(members[index].subscription.topics.contains(topic), "seed \(seed): subscribed")
                let others = members.indices.filter {
                    $0 != index && members[$0].subscription.owned.contains(partition)
                }
                #expect(others.isEmpty, "seed \(seed): still held by somebody else")
            }
        }
    }
}

import Harness
import Kafka
import Services
import Simulation

/// The ways of requests and their answers.
struct RequestTrail {
    struct Trail {
        var service: String
        var message: Int
        var at: Instant
        var arrived: (place: String, at: Instant)?
        var answerSent: (by: String, at: Instant)?
        var answer: (message: Int, at: Instant)?
    }

    private(set) var all: [Trail] = []
    private var latest: [UInt64: Int] = [:]

    mutating func add(_ request: Request, to service: String, message: Int, at moment: Instant) {
        latest[request.id] = all.count
        all.append(Trail(service: service, message: message, at: moment))
    }

    /// The request that is answered; nil for one that nobody has made.
    mutating func answer(_ id: UInt64, message: Int, at moment: Instant) -> Trail? {
        guard let index = latest[id] else { return nil }
        all[index].answer = (message, moment)
        return all[index]
    }

    mutating func follow(_ passages: [Passage]) {
        for passage in passages {
            switch passage.event {
            case .requestArrived(let id, let place):
                if let index = latest[id] { all[index].arrived = (place, passage.at) }
            case .answerSent(let id, let name):
                if let index = latest[id] { all[index].answerSent = (name, passage.at) }
            default: break
            }
        }
    }
}

/// Who has sent which record when: what stands in a log is joined to the earliest that is like it.
struct SendTrail {
    struct Send {
        var at: Instant
        var by: String
        var topic: TopicID
        var record: Record
        var isTaken = false
    }

    /// Without the time, which the producer may have set.
    private struct Key: Hashable {
        var topic: TopicID
        var key: [UInt8]?
        var value: [UInt8]?
        var headers: [Header]

        init(_ record: Record, to topic: TopicID) {
            self.topic = topic
            (key, value, headers) = (record.key, record.value, record.headers)
        }
    }

    private var sends: [Send] = []
    private var places: [Key: [Int]] = [:]

    init(_ passages: [Passage]) {
        for passage in passages {
            guard case .recordSent(let by, let topic, let record) = passage.event else { continue }
            places[Key(record, to: topic), default: []].append(sends.count)
            sends.append(Send(at: passage.at, by: by, topic: topic, record: record))
        }
    }

    /// The earliest that is left; a record that Kafka has written twice was sent once.
    mutating func take(_ record: Record, to topic: TopicID, before moment: Instant) -> Send? {
        guard let candidates = places[Key(record, to: topic)] else { return nil }
        let index = candidates.first { !sends[$0].isTaken && sends[$0].at <= moment } ?? candidates[0]
        sends[index].isTaken = true
        return sends[index]
    }

    /// What stands in no log.
    var rest: [Send] { sends.filter { !$0.isTaken } }
}

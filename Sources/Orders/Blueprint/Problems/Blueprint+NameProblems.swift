/// What is wrong with names: of topics, services, events.
extension Blueprint {
    /// The most topics that a system has. Everything is compared with everything, so there has to be an end.
    private static let topicLimit = 100

    /// More of something than anybody has, so that it is noise.
    var sizeProblems: [BlueprintProblem] {
        var problems: [BlueprintProblem] = []
        func check(_ count: Int, _ key: String, _ what: String, upTo limit: Int) {
            guard count > limit else { return }
            problems.append(
                BlueprintProblem(at: key, "there are \(count) \(what)", "\(limit) are the most that can be simulated"))
        }
        check(topics.count, "topics", "topics", upTo: Self.topicLimit)
        check(replayTopics.count, "replay", "topics for replays", upTo: Self.topicLimit)
        check(publications.count, "events", "events", upTo: Self.topicLimit)
        for step in steps {
            let key = "steps.\(step.kind.rawValue)"
            check(step.when.count, "\(key).when", "events", upTo: Self.topicLimit)
            check(step.undo.count, "\(key).undo", "events", upTo: Self.topicLimit)
        }
        return problems
    }

    var topicProblems: [BlueprintProblem] {
        var problems: [BlueprintProblem] = []
        let suffix = Array(deadLetterSuffix.utf8)
        if suffix.isEmpty || suffix.count > 50 || !suffix.allSatisfy(Self.isTopicByte) {
            problems.append(
                BlueprintProblem(
                    at: "dead-letters.suffix",
                    "'\(deadLetterSuffix)' cannot end a topic's name: up to 50 letters, digits, '.', '_' and '-' can"))
        }
        for topic in topics {
            let key = "topics.\(topic.name)"
            let bytes = Array(topic.name.utf8)
            if bytes.isEmpty || bytes.count > 150 || !bytes.allSatisfy(Self.isTopicByte) || bytes == [0x2e]
                || bytes == [0x2e, 0x2e]
            {
                problems.append(
                    BlueprintProblem(
                        at: key,
                        "Kafka has no topic of such a name: up to 150 letters, digits, '.', '_' and '-' make one"
                    ))
            }
            if !(1...1000).contains(topic.partitions) {
                problems.append(BlueprintProblem(at: key, "a topic has from 1 to 1000 partitions"))
            }
            if topics.contains(where: { $0.name + deadLetterSuffix == topic.name }) {
                problems.append(
                    BlueprintProblem(
                        at: key, "'\(topic.name)' is the dead-letter topic of another topic",
                        "give it another name, or 'dead-letters' another suffix"))
            }
            if topics.contains(where: { topic.name.hasPrefix("\($0.name)-retry-") }) {
                problems.append(
                    BlueprintProblem(
                        at: key, "'\(topic.name)' may be a retry topic of another topic", "give it another name"))
            }
            if !publications.contains(where: { $0.topic == topic.name }), !replayTopics.contains(topic.name) {
                problems.append(
                    BlueprintProblem(
                        at: key, "no event goes to topic '\(topic.name)'",
                        "list its events under 'events', or leave it out"))
            }
        }
        problems += twice(topics.map(\.name)).map {
            BlueprintProblem(at: "topics.\($0)", "two topics are called '\($0)'")
        }
        for (index, topic) in replayTopics.enumerated() where !topics.contains(where: { $0.name == topic }) {
            problems.append(
                BlueprintProblem(
                    at: "replay.\(index)", "orders cannot be replayed to topic '\(topic)', which does not exist",
                    "add '\(topic)' to 'topics'"))
        }
        problems += twice(replayTopics).map { BlueprintProblem(at: "replay", "'\($0)' is there twice") }
        return problems
    }

    var serviceProblems: [BlueprintProblem] {
        var problems: [BlueprintProblem] = []
        for participant in participants {
            let key = "services.\(participant.role.rawValue)"
            let bytes = Array(participant.name.utf8)
            if bytes.isEmpty || bytes.count > 30 || !bytes.allSatisfy(Self.isNameByte) {
                problems.append(
                    BlueprintProblem(
                        at: "\(key).name",
                        "'\(participant.name)' cannot name a service: up to 30 small letters, digits and '-' can"))
            } else if Self.reservedNames.contains(participant.name) {
                problems.append(
                    BlueprintProblem(
                        at: "\(key).name", "'\(participant.name)' is what faults call somebody else",
                        "name the service otherwise"))
            }
            if participant.group.isEmpty || participant.group.utf8.count > 100 {
                problems.append(BlueprintProblem(at: "\(key).group", "a group has a name of up to 100 characters"))
            }
        }
        problems += twice(participants.map(\.role.rawValue)).map {
            BlueprintProblem(at: "services.\($0)", "two services play the \($0); a role is played by one service")
        }
        problems += twice(participants.map(\.name)).map {
            BlueprintProblem(at: "services", "two services are called '\($0)'")
        }
        problems += twice(participants.map(\.group)).map {
            BlueprintProblem(
                at: "services",
                "two services read in group '\($0)': each record would reach one of them and not the other",
                "give each service a group of its own")
        }
        if participant(.order) == nil {
            problems.append(
                BlueprintProblem(
                    at: "services", "no service plays the order: nobody would take orders and lead them to an end",
                    "add 'order' to 'services'"))
        }
        return problems + idleProblems
    }

    /// Services that nothing is asked of.
    private var idleProblems: [BlueprintProblem] {
        participants.compactMap { participant in
            let isNeeded =
                switch participant.role {
                case .order: true
                case .cart: step(.accept) != nil
                case .fraud: step(.validate) != nil || !replayTopics.isEmpty
                default: steps.contains { Self.role(of: $0.kind) == participant.role }
                }
            guard !isNeeded else { return nil }
            let role = participant.role
            let kinds = StepKind.allCases.filter { kind in
                role == .cart ? kind == .accept : Self.role(of: kind) == role
            }
            let names = enumeration(kinds.map { "'\($0.rawValue)'" }, "or")
            return BlueprintProblem(
                at: "services.\(role.rawValue)", "service '\(participant.name)' has nothing to do",
                "add step \(names) to 'steps', or leave the service out")
        }
    }

    var publicationProblems: [BlueprintProblem] {
        var problems: [BlueprintProblem] = []
        for publication in publications {
            let event = publication.event.description
            let key = "events.\(publication.topic).\(event)"
            if !topics.contains(where: { $0.name == publication.topic }) {
                problems.append(
                    BlueprintProblem(
                        at: key, "\(event) goes to topic '\(publication.topic)', which does not exist",
                        "add '\(publication.topic)' to 'topics'"))
            }
            let bytes = Array(publication.name.utf8)
            if bytes.isEmpty || bytes.count > 100 || !bytes.allSatisfy(Self.isWireNameByte) {
                problems.append(
                    BlueprintProblem(
                        at: key,
                        "an event is called on the wire by up to 100 letters, digits, '.', '_', ':', '/' and '-'"
                    ))
            }
            let role = publisher(of: publication.event)
            if participant(role) == nil {
                problems.append(
                    BlueprintProblem(
                        at: key, "nobody publishes \(event): no service plays the \(role.rawValue)",
                        "add '\(role.rawValue)' to 'services', or leave the event out"))
            }
        }
        problems += twice(publications.map(\.event.description)).map { event in
            let topics = publications.filter { $0.event.description == event }.map { "'\($0.topic)'" }
            return BlueprintProblem(
                at: "events", "\(event) goes to \(enumeration(topics)); an event goes to one topic")
        }
        problems += twice(publications.map(\.name)).map { name in
            let events = publications.filter { $0.name == name }.map(\.event.description)
            return BlueprintProblem(
                at: "events",
                "\(enumeration(events)) are both called '\(name)' on the wire: nobody could tell them apart",
                "give one of them another name")
        }
        return problems
    }

    /// What stands there more than once, each once.
    private func twice(_ names: [String]) -> [String] {
        var found: [String] = []
        for (index, name) in names.enumerated() where names[..<index].contains(name) && !found.contains(name) {
            found.append(name)
        }
        return found
    }

    /// What machines beside the services are called in fault plans.
    private static let reservedNames = ["broker", "client", "provider", "stranger"]

    private static func isTopicByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "._-".utf8.contains(byte) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || isAlphanumeric(byte) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isWireNameByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "._:/-".utf8.contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}

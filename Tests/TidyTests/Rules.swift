// The rules of the house that a program can check. Each takes a file and returns what is wrong with it.

/// Targets that run inside the simulated world, or decide what happens there.
private let worldTargets: Set = [
    "Simulation", "Kafka", "VirtualKafka", "Services", "Orders", "Harness", "Conformance",
    "ModelCheck",
]

/// What comes with the toolchain and reaches outside of the world.
private let platformModules: Set = [
    "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Musl",
    "Synchronization", "Testing",
]

func lengthFindings(in file: SourceFile) -> [Finding] {
    guard file.lines.count > 500 else { return [] }
    return [
        Finding(
            path: file.path, line: 501, advice: "\(file.lines.count) lines: split the file where it changes its subject"
        )
    ]
}

func importFindings(in file: SourceFile, floors: Floors) -> [Finding] {
    file.code.compactMap { number, text in
        let pattern = /^\s*(?:(?:@\w+|public|package|internal|private)\s+)*import\s+(?:[a-z]\w*\s+)?(\w+)/
        guard let match = text.firstMatch(of: pattern) else { return nil }
        let module = String(match.1)
        if module == "Yams", !file.readsScenarioFiles {
            return Finding(path: file.path, line: number, advice: "read YAML in Harness/ScenarioFile…, nowhere else")
        }
        if module == "CRdKafka", file.target != "RdKafka" {
            return Finding(path: file.path, line: number, advice: "reach librdkafka through RdKafka")
        }
        if platformModules.contains(module) {
            guard worldTargets.contains(file.target), !file.readsScenarioFiles else { return nil }
            return Finding(
                path: file.path, line: number,
                advice: "\(file.target) does without \(module): move what needs it to floor 3 or 4")
        }
        guard !floors.beneath(file.target).contains(module) else { return nil }
        return Finding(
            path: file.path, line: number,
            advice: "\(module) is not beneath \(file.target) in Package.swift: move the code up, or what it needs down")
    }
}

func clockAndChanceFindings(in file: SourceFile) -> [Finding] {
    guard worldTargets.contains(file.target) else { return [] }
    let clock = /\bDate\(|\bDispatchTime\b|\b(Continuous|Suspending)Clock\b/.wordBoundaryKind(.simple)
    let chance = /\bSystemRandomNumberGenerator\b|\.(random|randomElement|shuffle|shuffled)\(/.wordBoundaryKind(.simple)
    let thread = /\bTask\s*\{|\bTask\.detached\b|\bThread\b/.wordBoundaryKind(.simple)
    return file.code.compactMap { number, text in
        let advice: String
        if text.contains(clock) {
            advice = "the world has no wall clock: take an Instant from the caller"
        } else if text.contains(chance) {
            advice = "chance is keyed: draw from Draws with a purpose and a stable identity"
        } else if text.contains(thread) {
            advice = "the world has no threads: return an effect, or move this to floor 3 or 4"
        } else {
            return nil
        }
        return Finding(path: file.path, line: number, advice: advice)
    }
}

/// Every line that begins with `public`, attributes aside, follows a `///` comment, attributes aside. Exempt is what a
/// reader knows already: initialisers, subscripts, operators, the requirements of the standard library's protocols
/// `description`, `hash(into:)` and `encode(to:)`, and stored properties, whose name and type often say it all.
func documentationFindings(in file: SourceFile) -> [Finding] {
    let exempt = /\b(init[?(<]|subscript\b|func [^\w\s`]|var description\b|func hash\(into|func encode\(to)/
    let storedProperty = /^(@\w+(\([^)]*\))? +)*public (private\(set\) |internal\(set\) |static )?(let|var) [^{]*$/
    let lines = file.lines.map { $0.drop { $0 == " " } }
    return lines.indices.compactMap { index in
        guard lines[index].contains(/^(@\w+(\([^)]*\))? +)*public\b/), !lines[index].contains(exempt),
            !lines[index].contains(storedProperty)
        else {
            return nil
        }
        let above = lines[..<index].last { !$0.hasPrefix("@") }
        guard above?.hasPrefix("///") != true else { return nil }
        return Finding(path: file.path, line: index + 1, advice: "say in a /// comment above what this is for")
    }
}

func markerFindings(in file: SourceFile) -> [Finding] {
    file.lines.enumerated().compactMap { index, line in
        guard line.contains(/\b(TODO|FIXME|XXX)\b/) else { return nil }
        return Finding(path: file.path, line: index + 1, advice: "finish it, or open an issue and remove the marker")
    }
}

/// Which targets and products stand beneath a target, as `Package.swift` says.
struct Floors {
    private var dependencies: [String: Set<String>] = [:]

    init(manifest: String) {
        let target = /[tT]arget\(\s*name: "(\w+)"(?:,\s*dependencies: \[([^\]]*)\])?/
        for match in manifest.matches(of: target) {
            let names = (match.2 ?? "").replacing(/package: "[^"]*"/, with: "").matches(of: /"(\w+)"/)
            dependencies[String(match.1)] = Set(names.map { String($0.1) })
        }
    }

    /// Everything that a target can reach.
    func beneath(_ target: String) -> Set<String> {
        let direct = dependencies[target] ?? []
        return direct.reduce(into: direct) { $0.formUnion(beneath($1)) }
    }
}

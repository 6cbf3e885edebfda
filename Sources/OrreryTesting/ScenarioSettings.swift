import Harness
import Reports
import Testing

/// All that decides how a test runs its scenario: its traits, those of its suites, and the environment.
struct ScenarioSettings: Sendable {
    var seeds: Seeds?
    var system: (any SystemUnderTest.Type)?
    var directory = "scenarios"
    var overrides: [(key: String, value: String)] = []
    var reports: String?
    /// The invariant that must be broken, if one must.
    var broken: String?
    var mayBeInconclusive = false
    var shrinks = true
    /// The file that takes the place of the test's scenario.
    var otherFile: String?
    let root: PackageRoot
    /// What a replay has to name: `WalletTests/brokerLoss`.
    let filter: String

    /// Throws when the environment makes no sense.
    init(_ test: Test, environment: [String: String]) throws(UnusableScenario) {
        root = PackageRoot(of: test.sourceLocation.filePath)
        filter = Self.filter(for: test)
        // Those of outer suites come first.
        for case let option as ScenarioOption in test.traits {
            switch option.choice {
            case .seeds(let seeds): self.seeds = seeds
            case .system(let system): self.system = system
            case .directory(let directory): self.directory = directory
            case .setting(let key, let value): overrides.append((key, value))
            case .reports(let directory): reports = directory
            case .breaks(let checker): broken = checker
            case .mayBeInconclusive: mayBeInconclusive = true
            case .keepsLong: shrinks = false
            }
        }
        if let file = environment["ORRERY_SCENARIO"], !file.isEmpty {
            otherFile = file
            seeds = nil
        }
        if let text = environment["ORRERY_SEED"], !text.isEmpty {
            do { seeds = try Seeds(parsing: text) } catch {
                throw UnusableScenario("ORRERY_SEED=\(ShellWord.quoted(text)): \(error)")
            }
        }
    }

    /// How a file of a report is called: by its path where reports are written, else by the name of the attachment.
    func nameOfReportFile(_ path: String) -> String {
        guard reports == nil else { return root.shortened(path) }
        return path.split(separator: "/").suffix(2).joined(separator: "-")
    }

    /// The line that runs another file in the place of the test's scenario.
    func line(running file: String) -> String {
        "ORRERY_SCENARIO=\(ShellWord.quoted(file)) swift test --filter \(ShellWord.quoted(filter))"
    }

    /// The scenario, and what it is called in a report: its file from the root of the package.
    func load(_ source: ScenarioSource) throws -> (scenario: Scenario, file: String) {
        let files = ScenarioDirectory(root: root, directory: directory)
        switch source {
        case .file(let name, let own):
            guard let system = own ?? system else {
                throw UnusableScenario(
                    "whose scenario is '\(name)'? Say so with .system(YourSystem.self) at the suite, or with "
                        + ".scenario(\"\(name)\", of: YourSystem.self).")
            }
            let path = try otherFile.map(root.resolve) ?? files.path(of: name)
            return (try ScenarioFile.load(path: path, system: system, overrides: overrides), root.shortened(path))
        case .value(let scenario):
            let system: any SystemUnderTest.Type = type(of: scenario.system)
            if let otherFile {
                let path = root.resolve(otherFile)
                return (try ScenarioFile.load(path: path, system: system, overrides: overrides), root.shortened(path))
            }
            guard !overrides.isEmpty else { return (scenario, scenario.name) }
            let text = ScenarioFile.write(scenario)
            return (
                try ScenarioFile.parse(text: text, file: scenario.name, system: system, overrides: overrides),
                scenario.name
            )
        }
    }

    /// `WalletTests/brokerLoss`, as `swift test --filter` takes it; a regular expression.
    private static func filter(for test: Test) -> String {
        let names = test.id.nameComponents.map { name in
            name.firstIndex(of: "(").map { String(name[..<$0]) } ?? name
        }
        return names.joined(separator: "/").map { "\\^$.|?*+[]{}()".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }
}

import ArgumentParser
import Defects
import Foundation

/// The command line of the planted defects.
@main
struct Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orrery-findings",
        abstract: "Finds defects that were planted on purpose: what the search for failures is measured by.",
        discussion: """
              orrery-findings list
              orrery-findings run minimal.yaml --seed 17
              orrery-findings table --budget 60 --output docs/findings.md
            """,
        subcommands: [ListCommand.self, RunCommand.self, TableCommand.self, SearchCommand.self])
}

/// `orrery-findings list`
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the planted defects, a line each.")

    func run() {
        let width = Defect.all.map(\.name.count).max() ?? 0
        for defect in Defect.all {
            let name = defect.name.padding(toLength: width, withPad: " ", startingAt: 0)
            print("\(name)  \(defect.scenario.rawValue): \(defect.sentence)")
        }
    }
}

/// Writes to standard error.
func note(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

import Foundation
import Testing

@testable import Harness
@testable import Reports

@Suite("What CI systems are told")
struct CITests {
    private func failure(_ checker: String = "charged-at-most-once", seeds: [UInt64] = [17]) -> CIFailure {
        CIFailure(
            scenario: "broker-loss", file: "scenarios/a,b.yaml", line: 3, checker: checker, seeds: seeds,
            subject: "ORD-1", moment: "1.500s", message: "Charged 100 % twice:\nat once.",
            replay: "orrery run scenarios/a,b.yaml --seed 17", report: "reports/x/report.md")
    }

    @Test("Outside of GitHub Actions nothing is said")
    func elsewhere() {
        #expect(GitHubActions(environment: [:]) == nil)
        #expect(GitHubActions(environment: ["GITHUB_ACTIONS": "false"]) == nil)
    }

    @Test("An annotation is one line, whatever stands in it")
    func annotation() throws {
        let actions = try #require(GitHubActions(environment: ["GITHUB_ACTIONS": "true"]))
        #expect(
            actions.annotations([failure(seeds: [17, 18])]) == [
                "::error file=scenarios/a%2Cb.yaml,line=3,title=charged-at-most-once%3A broker-loss%2C seed 17 "
                    + "(and 1 more seeds)::At 1.500s, ORD-1: Charged 100 %25 twice:%0Aat once.%0A"
                    + "Replay: orrery run scenarios/a,b.yaml --seed 17%0AReport: reports/x/report.md"
            ])
        let many = actions.annotations((1...12).map { failure("checker-\($0)") })
        #expect(many.count == 11 && many[10] == "::notice::2 more failures are in the summary of the step")
    }

    @Test("The summary of a step is appended to")
    func summary() throws {
        let file = FileManager.default.temporaryDirectory.appending(component: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        let actions = try #require(
            GitHubActions(environment: ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": file.path]))
        try actions.summarise("one")
        try actions.summarise(String(repeating: "é", count: 600_000))
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.hasPrefix("one\né") && text.utf8.count < 1 << 20 && text.hasSuffix("… cut here.\n\n"))
    }

    @Test("A page has the table, the failures and how to see them again")
    func page() {
        var page = StepSummary(title: "Orrery: 1 violated")
        page.remarks = ["the budget of 5m is over"]
        page.table = [["scenario", "seeds"], ["broker|loss", "2"]]
        page.failures = [failure(seeds: [17, 40])]
        #expect(
            page.text == """
                ## Orrery: 1 violated

                the budget of 5m is over

                | scenario | seeds |
                |---|---:|
                | broker\\|loss | 2 |

                ### charged-at-most-once in broker-loss

                2 seeds: 17, 40. At 1.500s, `ORD-1`: Charged 100 % twice: at once.

                ```sh
                orrery run scenarios/a,b.yaml --seed 17
                ```

                Report: `reports/x/report.md`


                """)
    }

    @Test("A failure points to the line at which faults begin")
    func line() throws {
        let file = FileManager.default.temporaryDirectory.appending(component: "\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("purpose: A.\n\nfaults:\n  until: 5s\n".utf8).write(to: file)
        #expect(CIFailure.faultLine(of: file.path) == 3)
        try Data("purpose: A.\n".utf8).write(to: file)
        #expect(CIFailure.faultLine(of: file.path) == 1)
        #expect(CIFailure.faultLine(of: "nowhere.yaml") == 1)
    }
}

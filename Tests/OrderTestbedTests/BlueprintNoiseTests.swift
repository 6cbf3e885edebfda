import Harness
import Orders
import Simulation
import Testing

@testable import OrderTestbed

/// Good files with something wrong in them are blueprints or are refused; nothing else happens.
@Suite struct BlueprintNoiseTests {
    private static func lines(_ name: String) -> [String] {
        (BlueprintLibrary.text(of: name) ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// What is taken for sound can be run: its topics and services can be made.
    private func isSound(_ text: String) -> Bool {
        do throws(InvalidScenario) {
            let file = try BlueprintFile.parse(text: text, file: "noise.yaml")
            #expect(file.blueprint.problems == [])
            _ = BlueprintDrawing(file).text + BlueprintDrawing(file).mermaid
            return true
        } catch {
            #expect(!error.errors.isEmpty)
            return false
        }
    }

    @Test(arguments: BlueprintLibrary.names)
    func `A file without one of its lines`(name: String) {
        let lines = Self.lines(name)
        var refused = 0
        for index in lines.indices {
            var changed = lines
            changed.remove(at: index)
            if !isSound(changed.joined(separator: "\n")) { refused += 1 }
        }
        #expect(refused > 5)
    }

    @Test(arguments: BlueprintLibrary.names)
    func `A file with two words swapped`(name: String) {
        let draws = Draws(seed: 20_261_121)
        let text = Self.lines(name).filter { !$0.contains("#") }.joined(separator: "\n")
        let words =
            EventType.allCases.map(\.description) + ["when", "undo", "orders", "payment", "order", "ship", "charge"]
        let present = words.filter(text.contains)
        var refused = 0
        for round in 0..<150 {
            let number = UInt64(round)
            let one = present[draws.index(below: present.count, .noise, number, 1)]
            let two = words[draws.index(below: words.count, .noise, number, 2)]
            let changed = text.replacing(one, with: "\u{1}").replacing(two, with: one).replacing("\u{1}", with: two)
            if changed != text, !isSound(changed) { refused += 1 }
        }
        #expect(refused > 30)
    }
}

extension Purpose {
    fileprivate static let noise = Purpose("blueprint-tests.noise")
}

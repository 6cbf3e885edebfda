import Harness
import Orders
import Testing

@testable import OrderTestbed

/// The blueprints that come with the program.
@Suite struct BlueprintFileTests {
    @Test(arguments: BlueprintLibrary.names)
    func `A blueprint of the program is sound`(name: String) throws {
        let file = try #require(BlueprintLibrary.blueprint(name))
        #expect(file.blueprint.name == name)
        #expect(file.blueprint.problems == [])
        #expect(file.profileErrors == [])
        #expect(!file.blueprint.summary.isEmpty && !file.about.isEmpty)
    }

    @Test(arguments: BlueprintLibrary.names)
    func `What is written is read back as the same`(name: String) throws {
        let parts = BlueprintParts(try #require(BlueprintLibrary.blueprint(name)))
        let text = BlueprintParts.file.text(parts, omitting: BlueprintParts())
        let again = try BlueprintFile.parse(text: text, file: "copy.yaml")
        #expect(again.blueprint == parts.blueprint)
        #expect(BlueprintParts.file.text(BlueprintParts(again), omitting: BlueprintParts()) == text)
    }
}

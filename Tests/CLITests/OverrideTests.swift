import ArgumentParser
import Testing

@testable import OrreryCLI

@Suite("Overrides on the command line")
struct OverrideTests {
    @Test("An override is split at its first equals sign")
    func overrides() throws {
        let override = try Override(parsing: "purpose=a=b")
        #expect(override.key == "purpose" && override.value == "a=b")
        #expect(try Override(parsing: "purpose=").value.isEmpty)
        #expect(throws: ValidationError.self) { try Override(parsing: "purpose") }
        #expect(throws: ValidationError.self) { try Override(parsing: "=x") }
    }
}

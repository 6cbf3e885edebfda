import Testing

/// `orrery schema` of events.
@Suite struct EventDocumentTests {
    private static let advice: Comment = "run `orrery schema` as its help says and commit what it prints"

    @Test func `the committed documents are what the command prints`() throws {
        #expect(try Called("schema", "events").output == Repository.text("docs/schemas/events.json"), Self.advice)
        #expect(try Called("schema", "asyncapi").output == Repository.text("docs/schemas/asyncapi.json"), Self.advice)
        #expect(try Called("schema", "events", "--markdown").output == Repository.text("docs/events.md"), Self.advice)
    }

    @Test func `schemas of a blueprint have its names`() throws {
        let output = try Called("schema", "events", "--blueprint", "inventory-first").output
        #expect(output.contains("\"OrderShipped\": {"))
        #expect(!output.contains("\"ShipmentDispatched\": {"))
    }

    @Test func `what makes no sense is refused`() throws {
        let unknown = try Called("schema", "asyncapi", "--blueprint", "geocentric")
        #expect(unknown.code == 65)
        #expect(unknown.error.contains("there is no blueprint of this name"))
        #expect(try Called("schema", "asyncapi", "--markdown").code == 64)
        #expect(try Called("schema", "scenario", "--blueprint", "inventory-first").code == 64)
        #expect(try Called("schema", "events", "--markdown", "--blueprint", "inventory-first").code == 64)
    }
}

import Testing

/// `orrery blueprint`, and blueprints on the command line.
@Suite struct BlueprintCommandTests {
    private static let names = ["shipping-only", "inventory-first", "payment-first", "parallel", "cart", "standard"]

    @Test func `Without a name, the six are listed, a line each`() throws {
        let called = try Called("blueprint")
        #expect(called.code == 0)
        let first = called.output.split(separator: "\n").map { $0.split(separator: " ")[0] }
        #expect(first.map(String.init) == Self.names)
    }

    @Test(arguments: names) func `A blueprint is drawn`(name: String) throws {
        let text = try Called("blueprint", name)
        #expect(text.code == 0)
        for part in ["\(name): ", "TOPICS", "SERVICES", "THE WAY FORWARD", "THE WAY BACK", "PROFILES", "hardened"] {
            #expect(text.output.contains(part))
        }
        #expect(try Called("blueprint", name, "--format", "mermaid").output.hasPrefix("flowchart LR\n"))
        #expect(try Called("blueprint", name, "--format", "json").output.hasPrefix(#"{"name": "\#(name)", "#))
    }

    @Test func `What is wrong with a file is told with its line`() throws {
        let text = try Repository.text("scenarios/blueprints/inventory-first.yaml")
        let own = text.replacing("charge: {when: InventoryReserved", with: "charge: {when: InventoryReservd")
        let called = try Called("blueprint", "own.yaml", files: ["own.yaml": own])
        #expect(called.code == 65)
        #expect(
            called.error.contains("expected an event, found 'InventoryReservd' – did you mean 'InventoryReserved'?"))
        #expect(called.error.hasPrefix("own.yaml:"))
        let unknown = try Called("blueprint", "paralel")
        #expect(unknown.code == 65)
        #expect(unknown.error == "paralel: there is no blueprint of this name – did you mean 'parallel'?\n")
    }

    @Test(arguments: names) func `A drawing fits into 100 columns, and its flow chart names every edge briefly`(
        name: String
    ) throws {
        for line in try Called("blueprint", name).output.split(separator: "\n") {
            #expect(line.count <= 100, "\(line)")
        }
        for line in try Called("blueprint", name, "--format", "mermaid").output.split(separator: "\n") {
            #expect(line.components(separatedBy: "<br>").count <= 3, "\(line)")
        }
    }

    @Test func `A blueprint that is given for a scenario is told to be one`() throws {
        let files = ["own.yaml": try Repository.text("scenarios/blueprints/cart.yaml")]
        for command in ["run", "check"] {
            let called = try Called(command, "own.yaml", files: files)
            #expect(called.code == 65)
            #expect(called.error.hasPrefix("own.yaml: this is a blueprint, not a scenario – run a scenario with "))
            #expect(called.error.split(separator: "\n").count == 1)
        }
    }

    @Test func `Names that are left empty are asked for`() throws {
        let files = ["calm.yaml": "purpose: x\n"]
        for arguments in [["blueprint", ""], ["run", "calm.yaml", "--blueprint", ""], ["compare", "--faults", ","]] {
            let called = try Called(arguments, files: files)
            #expect(called.code == 64 && called.output.isEmpty, "\(arguments)")
            #expect(called.error.contains("ame"), "\(called.error)")
        }
    }

    @Test func `Noise of 50,000 topics is refused at once`() throws {
        let topics = (0..<50_000).map { "t\($0): 1" }.joined(separator: ", ")
        let text = "topics: {\(topics)}\nservices: {order: {}}\n"
        let called = try Called("blueprint", "own.yaml", files: ["own.yaml": text])
        #expect(called.code == 65)
        #expect(called.error.contains("there are 50000 topics – 100 are the most that can be simulated"))
    }

    @Test func `A run of a file of one's own is replayed from its line and from its report`() throws {
        let own = try Repository.text("scenarios/blueprints/shipping-only.yaml").replacing("order_events", with: "own")
        let files = ["own.yaml": own, "calm.yaml": "purpose: x\nworkload: {orders: 3}\n"]
        let called = try Called("run", "calm.yaml", "--blueprint", "own.yaml", "--profile", "as-written", files: files)
        #expect(called.code == 0 || called.code == 1, "\(called.error)")
        #expect(called.output.contains("calm.yaml --seed 1 --set blueprint=own.yaml --set profile=as-written"))
    }

    @Test func `The committed schema and page are what the command prints`() throws {
        let advice: Comment = "run `orrery schema blueprint` (with --markdown for the page) and commit what it prints"
        #expect(
            try Called("schema", "blueprint").output == Repository.text("scenarios/blueprint.schema.json"), advice)
        #expect(
            try Called("schema", "blueprint", "--markdown").output == Repository.text("docs/blueprints.md"), advice)
    }
}

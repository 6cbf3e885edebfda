import Services

/// What clients read from answers whose shape they do not know in full.
extension OrderAPI {
    /// The id of the order that an answer is about: its `orderId`, that of its `order`, or the id of its `event`; nil when
    /// it names none.
    public static func orderID(in body: [UInt8]) -> Identifier? {
        try? JSONScanner.scan(body) { (scanner) throws(JSONError) in try orderID(from: &scanner) }
    }

    private static func orderID(from scanner: inout JSONScanner) throws(JSONError) -> Identifier? {
        var id: Identifier?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            switch name {
            case "orderId": id = try scanner.identifier()
            case "order": id = try nestedID("orderId", from: &scanner) ?? id
            case "event": id = try nestedID("id", from: &scanner) ?? id
            default: try scanner.skip()
            }
        }
        return id
    }

    private static func nestedID(
        _ wanted: StaticString, from scanner: inout JSONScanner
    ) throws(JSONError) -> Identifier? {
        var id: Identifier?
        try scanner.beginObject()
        while let name = try scanner.nextField() {
            if name.equals(wanted) { id = try scanner.identifier() } else { try scanner.skip() }
        }
        return id
    }
}

import ArgumentParser
import OrderTestbed

extension Design {
    /// `NAME:KEY=VALUE,KEY=VALUE`. Throws a sentence that says what is wrong.
    init(parsing text: String) throws(ValidationError) {
        guard let colon = text.firstIndex(of: ":") else {
            throw ValidationError(
                "'\(text.prefix(60))' is no design: write NAME:KEY=VALUE, such as careless:policies.poison=skip.")
        }
        let name = String(text[..<colon])
        let allowed = name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        // Files are named after it, and option parsers would take a dash in front for an option.
        guard allowed, (1...60).contains(name.utf8.count), !name.hasPrefix("-") else {
            throw ValidationError(
                "'\(name.prefix(60))' cannot name a design: use at most 60 letters, digits and dashes.")
        }
        var overrides: [(key: String, value: String)] = []
        for part in text[text.index(after: colon)...].split(separator: ",") {
            let override = try Override(parsing: String(part))
            overrides.append((override.key, override.value))
        }
        guard !overrides.isEmpty else {
            throw ValidationError("The design '\(name)' changes nothing: write \(name):KEY=VALUE.")
        }
        self.init(name, "A design from the command line.", overrides: overrides)
    }

    /// As the command line takes it.
    var spelling: String { "\(name):\(settings.joined(separator: ","))" }

    /// `KEY=VALUE`, for each override.
    var settings: [String] { overrides.map { "\($0.key)=\($0.value)" } }
}

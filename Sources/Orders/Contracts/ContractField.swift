/// What stands in a field of an event, as JSON.
public indirect enum ContractType: Hashable, Sendable {
    /// A UUID, as a string.
    case uuid
    /// A moment as RFC 3339 writes it, as a string.
    case moment
    /// 1 to 15 printable ASCII characters without blanks.
    case identifier
    /// An ISO 4217 code: three capital letters.
    case currency
    /// A number with as many decimals as the currency has.
    case amount
    /// A whole number, from 1.
    case count
    /// `true` or `false`.
    case flag
    /// The version of the event's schema: `1.1`.
    case version
    /// What the kind of event is called on the wire.
    case eventName
    /// One of some words, and no other.
    case oneOf([String])
    /// One of some words; a newer version may have more of them.
    case word([String])
    /// An object of its own.
    case object([ContractField])
    /// An array of at least one object.
    case list([ContractField])
}

/// A field of an event: what it is called, what may stand in it, and what it says.
public struct ContractField: Hashable, Sendable {
    /// The name.
    public var name: String
    /// What may stand in it.
    public var type: ContractType
    /// What it says, as a sentence.
    public var meaning: String
    /// Whether it must be there.
    public var isRequired = true
    /// Whether `null` may stand in it.
    public var isNullable = false
    /// Whether it tells something about a person: such fields are left out of logs, and go when the person is forgotten.
    public var isPersonal = false
    /// The version that introduced it.
    public var since = Event.Version.first
    /// What a consumer reads, as JSON, in an event of a version that did not have the field; nil where it reads nothing.
    public var before: String?

    init(_ name: String, _ type: ContractType, _ meaning: String) {
        self.name = name
        self.type = type
        self.meaning = meaning
    }

    var optional: ContractField { changed { $0.isRequired = false } }
    var nullable: ContractField { changed { $0.isNullable = true } }
    var personal: ContractField { changed { $0.isPersonal = true } }

    func since(_ version: Event.Version, before: String? = nil) -> ContractField {
        changed {
            $0.since = version
            $0.before = before
        }
    }

    private func changed(_ change: (inout ContractField) -> Void) -> ContractField {
        var field = self
        change(&field)
        return field
    }
}

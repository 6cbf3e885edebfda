import Kafka
import Services

/// Money on its way from a wallet to another, in cents: `T-00017 N-3 S-5 250`.
struct Transfer {
    let id, from, to: Identifier
    let amount: Int64

    var text: String { "\(id) \(from) \(to) \(amount)" }

    /// The bank that keeps a wallet, by the first letter of its name.
    static func bank(of wallet: Identifier) -> String { wallet[0] == UInt8(ascii: "N") ? "north" : "south" }
}

extension Transfer {
    init?(words: [Substring]) {
        guard words.count == 4, let id = Identifier(words[0].utf8), let from = Identifier(words[1].utf8),
            let to = Identifier(words[2].utf8), let amount = Int64(words[3]), amount > 0
        else { return nil }
        self.init(id: id, from: from, to: to, amount: amount)
    }
}

/// What banks say to each other.
struct Message {
    enum Kind: String { case credit, credited, refused }

    let id: UniqueID
    let kind: Kind
    let transfer: Transfer

    /// Keyed by the transfer. Reports call a record what its header `ce_type` says.
    static func record(_ kind: Kind, _ transfer: Transfer, id: UniqueID) -> Record {
        Record(
            key: transfer.id.bytes, value: Array("\(kind.rawValue) \(transfer.text)".utf8),
            headers: [Header("id", id.description), Header("ce_type", kind.rawValue)])
    }

    /// What cannot be read is poison.
    init(_ record: Record) throws(Poison) {
        let words = String(decoding: record.value ?? [], as: UTF8.self).split(separator: " ")
        guard let id = record.header("id").flatMap({ UniqueID(uuid: $0) }),
            let kind = words.first.flatMap({ Kind(rawValue: String($0)) }),
            let transfer = Transfer(words: Array(words.dropFirst()))
        else { throw Poison("NoMessage", "This is no message of a bank.") }
        (self.id, self.kind, self.transfer) = (id, kind, transfer)
    }
}
